"""The score cache, invalidations and snapshots on a real Valkey cluster."""

import asyncio
import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis.crc import key_slot

from discovery.errors import CacheUnavailable
from discovery.personalization.invalidation import Invalidator
from discovery.personalization.score_cache import scores_key, version_key
from discovery.policy.policy import Policy
from discovery.policy.refresh import PolicyRefresh
from discovery.policy.snapshot import POLICY_KEY, SnapshotStore
from discovery.privacy.hashing import user_hash
from discovery.privacy.user_key import fixed_key
from discovery.settings.cache import CacheSettings
from discovery.valkey.connections import plain_valkey
from tests.fakes import FakeParameters
from tests.integration.valkey.cluster import PRIMARIES, Cluster, Node, cluster, owner, state_is_ok, until
from tests.integration.valkey.conftest import ANA, SCORES, kept, opened

KEY = b"key"


def user_on(node: int) -> str:
    """The hash of a user whose keys a primary has."""
    return next(u for n in range(1000) if owner(version_key(u := user_hash(f"u{n}", KEY))) == node)


@contextlib.contextmanager
def invalidation(url: str) -> Iterator[tuple[Invalidator, PolicyRefresh]]:
    parameters = FakeParameters({"boost_weight": "0.5"})
    with plain_valkey(CacheSettings(url=url, cluster=True, timeout_ms=2_000)) as client:
        refresh = PolicyRefresh(parameters, SnapshotStore(client), Policy(boost_weight=0.25), max_age_sec=60)
        yield Invalidator(client, parameters, user_key=fixed_key(KEY)), refresh


@pytest.mark.parametrize("node", range(PRIMARIES))
async def test_policy_and_scores_come_from_whichever_nodes_have_them(node: int, valkey_cluster: Cluster) -> None:
    user = user_on(node)
    valkey_cluster.nodes[owner(POLICY_KEY)].client.set(POLICY_KEY, b"snapshot")

    async with opened(url=valkey_cluster.url(), cluster=True) as cache:
        assert await cache.write_back(user, 0, b"", SCORES)
        read = await cache.read(user, 0, ["alien", "heat"])

    assert (read.policy, read.scores) == (b"snapshot", SCORES)
    assert valkey_cluster.nodes[node].client.exists(scores_key(user, 0))


async def test_a_user_is_invalidated_and_the_policy_shared(valkey_cluster: Cluster) -> None:
    async with opened(url=valkey_cluster.url(), cluster=True) as cache:
        await cache.write_back(ANA, 0, b"", SCORES)
        early = await cache.read(ANA, 0, ["alien"])
        with invalidation(valkey_cluster.url()) as (invalidator, refresh):
            await asyncio.to_thread(invalidator.invalidate_user, "ana")
            await asyncio.to_thread(refresh.run)
        late = await cache.read(ANA, 0, ["alien"])

        assert (early.scores, late.scores) == (SCORES, {})
        assert late.policy is not None
        assert b"0.5" in late.policy
        assert not await cache.write_back(ANA, 0, early.version, SCORES)


async def test_connecting_never_asks_for_the_description_of_every_command(valkey_cluster: Cluster) -> None:
    """To read that takes longer than the deadline, so that a search would never have a connection."""
    async with opened(url=valkey_cluster.url(), cluster=True) as cache:
        await cache.write_back(ANA, 0, b"", SCORES)
        await kept(cache)

    counted = [node.client.info("commandstats") for node in valkey_cluster.primaries]
    assert any("cmdstat_cluster|slots" in commands for commands in counted)
    assert not any("cmdstat_command" in commands for commands in counted)


async def test_a_slot_that_moved_is_followed(valkey_cluster: Cluster) -> None:
    home, elsewhere = owner(version_key(ANA)), (owner(version_key(ANA)) + 1) % PRIMARIES
    slot = key_slot(version_key(ANA).encode())
    async with opened(url=valkey_cluster.url(), cluster=True) as cache:
        await kept(cache)
        try:
            _give(valkey_cluster, slot, elsewhere)

            assert await cache.write_back(ANA, 0, b"", SCORES)
            assert await kept(cache) == ["alien"]
            assert valkey_cluster.nodes[elsewhere].client.exists(scores_key(ANA, 0))
        finally:
            valkey_cluster.nodes[elsewhere].client.delete(scores_key(ANA, 0), version_key(ANA))
            _give(valkey_cluster, slot, home)


async def test_a_cluster_that_is_down_is_a_miss_and_then_heals(valkey_cluster: Cluster) -> None:
    home = valkey_cluster.nodes[owner(version_key(ANA))]
    slot = key_slot(version_key(ANA).encode())
    async with opened(url=valkey_cluster.url(), cluster=True) as cache:
        await kept(cache)
        home.ask("CLUSTER", "DELSLOTS", slot)
        until(lambda: not state_is_ok(home))
        try:
            with pytest.raises(CacheUnavailable, match="ClusterDownError"):
                await cache.read(ANA, 0, ["alien"])
            with pytest.raises(CacheUnavailable):
                await cache.write_back(ANA, 0, b"", SCORES)
        finally:
            home.ask("CLUSTER", "ADDSLOTS", slot)
            until(lambda: all(state_is_ok(node) for node in valkey_cluster.nodes))

        assert await cache.write_back(ANA, 0, b"", SCORES)


async def test_connections_that_every_node_closed_cost_nothing(valkey_cluster: Cluster) -> None:
    async with opened(url=valkey_cluster.url(), cluster=True) as cache:
        await cache.write_back(ANA, 0, b"", SCORES)
        for node in valkey_cluster.primaries:
            node.client.client_kill_filter(_type="normal", skipme=True)

        assert await kept(cache) == ["alien"]


async def test_a_primary_that_died_and_was_replaced_costs_nothing(tmp_path: Path) -> None:
    user = user_on(0)
    with cluster(tmp_path) as valkey_cluster:
        dying, heir = valkey_cluster.nodes[0], valkey_cluster.nodes[PRIMARIES]
        async with opened(url=valkey_cluster.url(), cluster=True) as cache:
            await cache.write_back(user, 0, b"", SCORES)
            until(lambda: heir.client.info("replication")["master_link_status"] == "up")
            dying.client.wait(1, 5_000)
            dying.process.kill()
            heir.ask("CLUSTER", "FAILOVER", "TAKEOVER")
            until(lambda: _knows_primary(valkey_cluster.nodes[1], heir))

            assert (await cache.read(user, 0, ["alien"])).scores == SCORES


async def test_a_cluster_that_is_not_there_is_unavailable_to_all(unused_tcp_port: int) -> None:
    url = f"redis://127.0.0.1:{unused_tcp_port}"
    async with opened(url=url, cluster=True) as cache:
        with pytest.raises(CacheUnavailable, match="RedisClusterException"):
            await cache.read(ANA, 0, ["alien"])
    with invalidation(url) as (invalidator, refresh):
        with pytest.raises(CacheUnavailable):
            invalidator.invalidate_user("ana")
        with pytest.raises(CacheUnavailable):
            refresh.run()


async def test_a_stand_alone_client_of_a_cluster_is_told_so(valkey_cluster: Cluster) -> None:
    begin = (owner(version_key(ANA)) + 1) % PRIMARIES
    async with opened(url=valkey_cluster.url(begin)) as cache:
        with pytest.raises(CacheUnavailable, match="MovedError"):
            await cache.read(ANA, 0, ["alien"])


def _give(valkey_cluster: Cluster, slot: int, node: int) -> None:
    heir = valkey_cluster.nodes[node]
    name = heir.ask("CLUSTER", "MYID").decode()
    # Or a message that the former owner had sent before it heard of this takes the slot back: the greater epoch counts.
    heir.ask("CLUSTER", "BUMPEPOCH")
    for each in (heir, *valkey_cluster.primaries):
        each.ask("CLUSTER", "SETSLOT", slot, "NODE", name)


def _knows_primary(node: Node, heir: Node) -> bool:
    return any(primary[1] == heir.port for _, _, primary, *_ in node.ask("CLUSTER", "SLOTS"))
