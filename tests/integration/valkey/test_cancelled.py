"""Searches that give up: what they leave behind is nobody else's answer, and no connection."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import redis

from discovery.personalization.score_cache import ScoreCache, scores_key
from discovery.privacy.hashing import user_hash
from lab.faults.fault import Delay, Fault
from lab.faults.proxy import ValkeyProxy
from tests.integration.valkey.cluster import Cluster
from tests.integration.valkey.conftest import SCORES, opened, proxied

SLOW = Fault("slow", delay=Delay("uniform", 0, 8))
GIVEN_UP, EVERY = 200, 10


@pytest.fixture
async def proxy(valkey_url: str) -> AsyncIterator[ValkeyProxy]:
    async with proxied(valkey_url) as proxy:
        yield proxy


def user(number: int) -> str:
    return user_hash(f"u{number}", b"key")


async def give_up(cache: ScoreCache, number: int) -> None:
    """Begin to read and leave: at a time of its own each, before, while and after the answer comes."""
    reading = asyncio.create_task(cache.read(user(number), 0, ["alien"]))
    await asyncio.sleep(number % EVERY / 1000)
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)


def connections(client: Any) -> int:
    return len(client.client_list(_type="normal"))


async def test_after_200_cancelled_reads_each_reader_gets_its_own_answer_and_no_connection_is_left_over(
    proxy: ValkeyProxy, operator: redis.Redis
) -> None:
    async with opened(url=f"redis://127.0.0.1:{proxy.port}") as cache:
        for number in range(EVERY):
            await cache.write_back(user(number), number, b"", {f"own{number}": SCORES["alien"]})
        before = connections(operator)
        await proxy.suffer(SLOW)
        for number in range(GIVEN_UP):
            await give_up(cache, number)
            if number % EVERY == 0:
                mine = number // EVERY % EVERY
                read = await cache.read(user(mine), mine, [f"own{n}" for n in range(EVERY)])
                assert list(read.scores) == [f"own{mine}"]
        await _settled(lambda: connections(operator) <= before)

        assert connections(operator) <= before


async def test_nor_in_a_cluster(valkey_cluster: Cluster) -> None:
    async with opened(url=valkey_cluster.url(), cluster=True) as cache:
        await cache.write_back(user(1), 0, b"", SCORES)
        await cache.read(user(1), 0, ["alien"])
        before = [connections(node.client) for node in valkey_cluster.primaries]
        for number in range(GIVEN_UP):
            reading = asyncio.create_task(cache.read(user(number), 0, ["heat"]))
            for _ in range(number % EVERY):
                await asyncio.sleep(0)
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)
            if number % EVERY == 0:
                assert (await cache.read(user(1), 0, ["alien", "heat"])).scores == SCORES
        # A node that none of them had asked before has one more: to it there was no connection yet.
        await _settled(lambda: all(now <= 1 + then for now, then in zip(_now(valkey_cluster), before, strict=True)))

        assert all(now <= 1 + then for now, then in zip(_now(valkey_cluster), before, strict=True))


async def test_a_write_back_that_is_cut_off_has_happened_or_has_not(proxy: ValkeyProxy, operator: redis.Redis) -> None:
    async with opened(url=f"redis://127.0.0.1:{proxy.port}") as cache:
        await proxy.suffer(SLOW)
        for number in range(50):
            writing = asyncio.create_task(cache.write_back(user(number), 0, b"", SCORES))
            await asyncio.sleep(number % EVERY / 1000)
            writing.cancel()
            await asyncio.gather(writing, return_exceptions=True)
    fields = [operator.hlen(scores_key(user(number), 0)) for number in range(50)]

    assert set(fields) <= {0, len(SCORES) + 1}


def _now(valkey_cluster: Cluster) -> list[int]:
    return [connections(node.client) for node in valkey_cluster.primaries]


async def _settled(condition: Any) -> None:
    """Servers notice a closed connection a little later."""
    for _ in range(200):
        if condition():
            return
        await asyncio.sleep(0.01)
