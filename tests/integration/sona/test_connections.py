"""The connections to SONA, against a real server: how many, to whom, and whom they trust."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from discovery.errors import SonaUnavailable
from discovery.sona.contract import ScoreRequest
from discovery.sona.http import Answer, JsonPoster
from discovery.sona.token import fixed_token
from local.stack.processes import HOST
from tests.integration.certificates import self_signed

BODY = ScoreRequest(user_id="ana", content_id="alien")


class Engine:
    """Answers every request alike; counts those that it is answering."""

    def __init__(self, *, takes_sec: float = 0.0) -> None:
        self.takes_sec = takes_sec
        self.now = self.most = 0
        self.authorizations: list[str | None] = []

    async def __call__(self, request: web.BaseRequest) -> web.Response:
        self.authorizations.append(request.headers.get("authorization"))
        self.now += 1
        self.most = max(self.most, self.now)
        await asyncio.sleep(self.takes_sec)
        self.now -= 1
        return web.json_response({})


@contextlib.asynccontextmanager
async def served(engine: Engine, context: ssl.SSLContext | None = None) -> AsyncIterator[str]:
    """The engine's address."""
    runner = web.ServerRunner(web.Server(engine))
    await runner.setup()
    site = web.TCPSite(runner, HOST, 0, ssl_context=context)
    await site.start()
    try:
        yield f"{HOST}:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@contextlib.asynccontextmanager
async def posting(url: str, timeout_sec: float = 5.0, **options: Any) -> AsyncIterator[JsonPoster]:
    poster = JsonPoster.over_aiohttp(url, timeout_sec=timeout_sec, **options)
    try:
        yield poster
    finally:
        await poster.aclose()


async def test_many_requests_share_twenty_connections() -> None:
    engine = Engine(takes_sec=0.05)

    async with served(engine) as address, posting(f"http://{address}") as poster:
        answers = await asyncio.gather(*(poster.post("/score", BODY) for _ in range(60)))

    assert answers == [Answer(200, b"{}")] * 60
    assert engine.most == 20


async def test_a_step_that_takes_longer_than_the_timeout_is_given_up() -> None:
    async with (
        served(Engine(takes_sec=0.5)) as address,
        posting(f"http://{address}", timeout_sec=0.05) as poster,
    ):
        with pytest.raises(SonaUnavailable, match="timeout"):
            await poster.post("/score", BODY)


@pytest.mark.parametrize("scheme", ["https", "HTTPS"])
async def test_a_server_whose_certificate_no_authority_signed_is_not_talked_to(
    scheme: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, own = Engine(), self_signed(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(own.certificate))  # nor is what the environment says

    async with (
        served(engine, own.server_side) as address,
        posting(f"{scheme}://{address}") as poster,
    ):
        with pytest.raises(SonaUnavailable, match="Certificate"):
            await poster.post("/score", BODY)

    assert engine.most == 0


async def test_a_server_whose_certificate_the_given_file_holds_is_talked_to_and_told_the_token(tmp_path: Path) -> None:
    engine, own = Engine(), self_signed(tmp_path)

    async with (
        served(engine, own.server_side) as address,
        posting(f"https://{address}", ca_file=own.certificate, token=fixed_token("secret")) as poster,
    ):
        answer = await poster.post("/score", BODY)

    assert answer == Answer(200, b"{}")
    assert engine.authorizations == ["Bearer secret"]
