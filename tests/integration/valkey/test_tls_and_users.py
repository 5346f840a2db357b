"""Encryption and authentication, against a real server behind something that ends TLS."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import redis

from discovery.errors import CacheUnavailable
from discovery.policy.snapshot import SnapshotStore
from discovery.settings.cache import CacheSettings
from discovery.valkey.connections import plain_valkey
from local.stack.processes import HOST, valkey
from tests.fakes import parameters
from tests.integration.certificates import self_signed
from tests.integration.valkey.conftest import ANA, SCORES, kept, opened
from tests.integration.valkey.relay import Relay


@pytest.fixture(scope="module")
def own_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server that knows one user and her password, and nobody else."""
    with valkey(tmp_path_factory.mktemp("own")) as url, redis.Redis.from_url(url) as client:
        client.acl_setuser("search", enabled=True, passwords=["+s3cret"], keys=["*"], categories=["+@all"])
        reading = ["+get", "+hget", "+hmget", "+eval"]
        client.acl_setuser("reader", enabled=True, passwords=["+s3cret"], keys=["*"], commands=reading)
        client.acl_setuser("default", enabled=False)
        yield url


@pytest.fixture
async def tls_port(own_server: str, tmp_path: Path) -> AsyncIterator[int]:
    certificate = self_signed(tmp_path)
    async with Relay(urlsplit(own_server).port or 0, certificate.server_side).running() as relay:
        yield relay.port


PASSWORD = "s3cret"


def search(password: str = PASSWORD, user: str = "search") -> dict[str, Any]:
    return {"username": user, "password": password}


@pytest.mark.parametrize("scheme", ["rediss", "valkeys"])
async def test_scores_are_cached_over_tls_by_a_user_with_a_password(scheme: str, tls_port: int, tmp_path: Path) -> None:
    settings = search() | {"ca_file": tmp_path / f"{HOST}.pem"}
    async with opened(url=f"{scheme}://{HOST}:{tls_port}", **settings) as cache:
        assert await cache.write_back(ANA, 0, b"", SCORES)
        assert await kept(cache) == ["alien"]


async def test_user_and_password_may_be_part_of_the_url(own_server: str) -> None:
    async with opened(url=own_server.replace("redis://", "redis://search:s3cret@")) as cache:
        assert await cache.write_back(ANA, 0, b"", SCORES)


async def test_snapshots_are_stored_over_tls_too(tls_port: int, tmp_path: Path) -> None:
    settings = CacheSettings.model_validate(
        search() | {"url": f"rediss://{HOST}:{tls_port}", "ca_file": tmp_path / f"{HOST}.pem", "timeout_ms": 2_000}
    )
    client = plain_valkey(settings)

    assert await asyncio.to_thread(
        SnapshotStore(client).store, parameters({"boost_weight": "0.5"}), 1_700_000_000.0, 60
    )
    client.close()


async def test_a_certificate_that_nobody_vouches_for_is_refused(tls_port: int) -> None:
    async with opened(url=f"rediss://{HOST}:{tls_port}", **search()) as cache:
        with pytest.raises(CacheUnavailable, match="ConnectionError") as refused:
            await cache.read(ANA, 0, ["alien"])
    assert "CERTIFICATE_VERIFY_FAILED" in str(refused.value.__cause__)


async def test_a_certificate_for_another_address_is_refused(own_server: str, tmp_path: Path) -> None:
    other = self_signed(tmp_path, address="127.0.0.2")
    async with Relay(urlsplit(own_server).port or 0, other.server_side).running() as relay:
        settings = search() | {"ca_file": other.certificate}
        async with opened(url=f"rediss://{HOST}:{relay.port}", **settings) as cache:
            with pytest.raises(CacheUnavailable, match="ConnectionError") as refused:
                await cache.read(ANA, 0, ["alien"])
    assert "not valid for" in str(refused.value.__cause__)


@pytest.mark.parametrize("credentials", [search(password="wrong"), {}], ids=["WRONGPASS", "NOAUTH"])
async def test_a_wrong_password_and_none_are_unavailable_and_named(
    credentials: dict[str, Any], own_server: str
) -> None:
    async with opened(url=own_server, **credentials) as cache:
        for _ in range(3):
            with pytest.raises(CacheUnavailable, match="AuthenticationError"):
                await cache.read(ANA, 0, ["alien"])


async def test_what_a_user_may_not_do_is_named_and_the_rest_goes_on(own_server: str) -> None:
    async with opened(url=own_server, **search(user="reader")) as cache:
        with pytest.raises(CacheUnavailable, match=r"NoPermissionError|ResponseError"):
            await cache.write_back(ANA, 0, b"", SCORES)
        assert (await cache.read(ANA, 1, ["alien"])).scores == {}


async def test_an_iam_user_opens_connections_with_a_token(
    own_server: str, tls_port: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that takes anything as this user's password; what the token says is `test_iam`'s."""
    environment = {"ACCESS_KEY_ID": "AKIDEXAMPLE", "SECRET_ACCESS_KEY": "secret", "DEFAULT_REGION": "eu-west-1"}
    for name, value in environment.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    settings: dict[str, Any] = {"ca_file": tmp_path / f"{HOST}.pem", "iam_user": "lambda", "iam_name": "Cache"}
    url = f"rediss://{HOST}:{tls_port}"

    with redis.Redis.from_url(own_server, **search()) as operator:
        operator.acl_setuser("lambda", enabled=True, nopass=True, keys=["*"], categories=["+@all"])
        async with opened(url=url, **settings) as cache:
            assert await cache.write_back(ANA, 0, b"", SCORES)
            plain = plain_valkey(CacheSettings.model_validate(settings | {"url": url, "timeout_ms": 2_000}))
            assert await asyncio.to_thread(SnapshotStore(plain).store, {}, 1_700_000_000.0, 60) is not None

            assert [client["user"] for client in operator.client_list()].count("lambda") == 2
            plain.close()
