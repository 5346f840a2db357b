"""What these tests share: a score cache over given settings, and a cluster for the session."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from discovery.personalization.score_cache import ScoreCache
from discovery.privacy.hashing import user_hash
from discovery.settings.cache import CacheSettings
from discovery.sona.contract import Score
from discovery.valkey.connections import async_valkey
from lab.faults.proxy import ValkeyProxy
from tests.integration.valkey.cluster import Cluster, cluster

ANA = user_hash("ana", b"key")
SCORES = {"alien": Score(0.25, 1_700_000_000.0)}
PATIENT_MS = 2_000


@contextlib.asynccontextmanager
async def opened(*, wall_clock: Callable[[], float] = time.time, **settings: Any) -> AsyncIterator[ScoreCache]:
    """The score cache as it is composed; patient unless told otherwise, since these tests are not about time."""
    client = async_valkey(CacheSettings(**{"timeout_ms": PATIENT_MS} | settings), wall_clock=wall_clock)
    cache = ScoreCache(client, ttl_sec=300, max_scores=100)
    try:
        yield cache
    finally:
        await cache.aclose()


@contextlib.asynccontextmanager
async def proxied(url: str) -> AsyncIterator[ValkeyProxy]:
    """A proxy before a server that can be told to misbehave."""
    proxy = ValkeyProxy(urlsplit(url).port or 0)
    await proxy.start()
    try:
        yield proxy
    finally:
        proxy.stop()
        while proxy.connections:  # noqa: ASYNC110 - it has no event for that
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.01)  # its connections to the server are closed after those from clients


async def kept(cache: ScoreCache) -> list[str]:
    """Whose scores of Ana's are cached."""
    return list((await cache.read(ANA, 0, ["alien", "heat"])).scores)


@pytest.fixture(scope="session")
def shared_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with cluster(tmp_path_factory.mktemp("cluster")) as running:
        yield running


@pytest.fixture
def valkey_cluster(shared_cluster: Cluster) -> Cluster:
    """A cluster that holds nothing."""
    shared_cluster.empty()
    return shared_cluster
