"""What a real server answers when it can't serve: a miss that names the error, and no more than that."""

import struct
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import redis

from discovery.errors import CacheUnavailable
from discovery.personalization.score_cache import ScoreCache, scores_key
from lab.faults.fault import Fault
from local.stack.processes import free_port, valkey
from tests.conftest import Counted
from tests.integration.valkey.conftest import ANA, SCORES, kept, opened, proxied


@pytest.fixture(scope="module")
def own_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server whose configuration these tests may change."""
    with valkey(tmp_path_factory.mktemp("own")) as url:
        yield url


@pytest.fixture
def server(own_server: str) -> Iterator[Any]:
    with redis.Redis.from_url(own_server) as client:
        client.flushall()
        yield client


@pytest.fixture
async def cache(own_server: str, server: Any) -> AsyncIterator[ScoreCache]:
    async with opened(url=own_server) as cache:
        await cache.write_back(ANA, 0, b"", SCORES)
        yield cache


async def test_out_of_memory_is_a_write_that_fails_and_reads_go_on(cache: ScoreCache, server: Any) -> None:
    server.config_set("maxmemory", 1)
    try:
        with pytest.raises(CacheUnavailable, match="OutOfMemoryError"):
            await cache.write_back(ANA, 1, b"", SCORES)
        assert await kept(cache) == ["alien"]
    finally:
        server.config_set("maxmemory", 0)


async def test_a_replica_takes_no_scores_and_is_left(cache: ScoreCache, server: Any) -> None:
    connected = server.info("stats")["total_connections_received"]
    server.replicaof("127.0.0.1", free_port())
    try:
        with pytest.raises(CacheUnavailable, match="ReadOnlyError"):
            await cache.write_back(ANA, 0, b"", SCORES)
    finally:
        server.replicaof("NO", "ONE")

    assert await cache.write_back(ANA, 0, b"", SCORES)
    assert server.info("stats")["total_connections_received"] == connected + 1


async def test_scripts_that_the_server_forgot_are_sent_again(cache: ScoreCache, server: Any) -> None:
    server.script_flush()

    assert await cache.write_back(ANA, 0, b"", SCORES)


async def test_values_that_are_not_ours_are_misses_and_counted(
    cache: ScoreCache, server: Any, counted: Counted
) -> None:
    server.hset(scores_key(ANA, 0), "heat", struct.pack("<B2d9f", 2, 7.0, 1e9, *[0.0] * 9))
    server.delete("policy")
    server.sadd("policy", "of another type")

    read = await cache.read(ANA, 0, ["alien", "heat"])

    assert (list(read.scores), read.policy) == (["alien"], None)
    assert counted()["CacheValuesInvalid"] == 2


@pytest.mark.parametrize(
    ("says", "named"),
    [
        ("LOADING Valkey is loading the dataset in memory", "BusyLoadingError"),
        ("MOVED 3999 127.0.0.1:1", "MovedError"),
    ],
)
async def test_an_error_to_every_command_is_named_and_forgotten_with_its_cause(
    says: str, named: str, own_server: str, server: Any
) -> None:
    async with proxied(own_server) as proxy, opened(url=f"redis://127.0.0.1:{proxy.port}") as cache:
        await cache.write_back(ANA, 0, b"", SCORES)
        await proxy.suffer(Fault(named, "error", says))
        for _ in range(2):  # one more and it would be left alone
            with pytest.raises(CacheUnavailable, match=named):
                await cache.read(ANA, 0, ["alien"])
        await proxy.suffer(Fault("none"))

        assert await kept(cache) == ["alien"]


async def test_a_connection_reset_in_the_middle_of_every_answer_is_unavailable(own_server: str) -> None:
    async with proxied(own_server) as proxy, opened(url=f"redis://127.0.0.1:{proxy.port}") as cache:
        await proxy.suffer(Fault("resets", "reset"))
        for _ in range(3):
            with pytest.raises(CacheUnavailable, match="ConnectionError"):
                await cache.read(ANA, 0, ["alien"])


async def test_a_server_that_stops_and_starts_again_is_used_again(tmp_path: Path) -> None:
    with valkey(tmp_path) as url:
        async with opened(url=url) as cache:
            await kept(cache)
            with redis.Redis.from_url(url) as client:
                client.client_kill_filter(_type="normal", skipme=True)
            assert await cache.write_back(ANA, 0, b"", SCORES)
    async with opened(url=url) as cache:
        with pytest.raises(CacheUnavailable, match="ConnectionError"):
            await cache.read(ANA, 0, ["alien"])
