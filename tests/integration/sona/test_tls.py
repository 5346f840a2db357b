"""SONA over TLS with a token, behind something that ends TLS."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from discovery.errors import SonaUnavailable
from discovery.resilience.breaker import CircuitBreaker
from discovery.sona.client import SonaClient
from discovery.sona.http import JsonPoster
from discovery.sona.token import fixed_token
from local.stack.processes import HOST
from tests.integration.certificates import Certificate, self_signed
from tests.integration.personalization.sona_server import Engine, running
from tests.integration.valkey.relay import Relay

LIKES = {"ana": {"alien": 0.9}}


@pytest.fixture
def engine() -> Iterator[Engine]:
    with running(LIKES) as engine:
        yield engine


@pytest.fixture
def certificate(tmp_path: Path) -> Certificate:
    return self_signed(tmp_path)


@pytest.fixture
async def url(engine: Engine, certificate: Certificate) -> AsyncIterator[str]:
    async with Relay(urlsplit(engine.url).port or 0, certificate.server_side).running() as relay:
        yield f"https://{HOST}:{relay.port}"


async def scores(url: str, ca_file: Path | None) -> dict[str, float]:
    found: dict[str, float] = {}
    http = JsonPoster.over_aiohttp(url, timeout_sec=5, token=fixed_token("s3cret"), ca_file=ca_file)
    breaker = CircuitBreaker("Sona", failures=5, open_sec=5)
    client = SonaClient(http, breaker, batch_size=500, no_batch_retry_sec=600, slow_after_sec=5)
    try:
        await client.fetch("ana", ["alien"], lambda arrived: found.update({i: s.value for i, s in arrived.items()}))
    finally:
        await client.aclose()
    return found


async def test_scores_come_over_tls_and_the_token_goes_with_the_request(
    url: str, engine: Engine, certificate: Certificate
) -> None:
    assert await scores(url, certificate.certificate) == LIKES["ana"]
    assert engine.authorizations == ["Bearer s3cret"]


async def test_a_certificate_that_nobody_vouches_for_gets_neither_request_nor_token(url: str, engine: Engine) -> None:
    with pytest.raises(SonaUnavailable, match="Certificate") as refused:
        await scores(url, None)

    assert refused.value.reason == "sona_unavailable"
    assert engine.asked == []


async def test_nor_does_one_for_another_address(engine: Engine, tmp_path: Path) -> None:
    other = self_signed(tmp_path, address="127.0.0.2")
    async with Relay(urlsplit(engine.url).port or 0, other.server_side).running() as relay:
        with pytest.raises(SonaUnavailable, match="Certificate"):
            await scores(f"https://{HOST}:{relay.port}", other.certificate)

    assert engine.asked == []
