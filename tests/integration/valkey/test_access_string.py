"""The commands and keys that the template's cache user is allowed: on a real cluster, all that the code sends."""

import asyncio
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import redis
from redis.exceptions import NoPermissionError

from discovery.api.auth import Caller
from discovery.errors import CacheUnavailable
from discovery.events.judgement import judge
from discovery.events.marks import Marks
from discovery.events.sender import Sender
from discovery.personalization.invalidation import Invalidator
from discovery.personalization.opt_outs import OptOuts
from discovery.policy.snapshot import SnapshotStore
from discovery.privacy.user_key import fixed_key
from discovery.settings.cache import CacheSettings
from discovery.valkey.connections import async_valkey, plain_valkey
from local.cloudformation import load_template
from tests.eventing import NOW, ubi
from tests.fakes import FakeParameters, parameters
from tests.integration.valkey.cluster import Cluster
from tests.integration.valkey.conftest import ANA, SCORES, kept, opened

TEMPLATE = Path(__file__).parents[3] / "template.yaml"
USER = "template"


@cache
def access_string() -> str:
    found: str = load_template(TEMPLATE)["Resources"]["CacheUser"]["Properties"]["AccessString"]
    return found


def allow(cluster: Cluster, rules: str) -> None:
    """Make the user anew on every node, as ElastiCache does; with a password, since IAM is ElastiCache's own."""
    for node in cluster.nodes:
        node.ask("ACL", "SETUSER", USER, "reset", ">s3cret", *rules.split())


@pytest.fixture
def cluster(valkey_cluster: Cluster) -> Iterator[Cluster]:
    allow(valkey_cluster, access_string())
    yield valkey_cluster
    for node in valkey_cluster.nodes:
        node.ask("ACL", "DELUSER", USER)


def settings(cluster: Cluster) -> dict[str, Any]:
    return {"url": cluster.url(), "serverless": True, "username": USER, "password": "s3cret"}


async def search(cluster: Cluster) -> None:
    async with opened(**settings(cluster)) as cache:
        assert await cache.write_back(ANA, 0, b"", SCORES)
        assert await kept(cache) == ["alien"]
        many = {f"film-{number}": SCORES["alien"] for number in range(101)}  # past the limit: begins the hash anew
        assert await cache.write_back(ANA, 0, (await cache.read(ANA, 0, ["alien"])).version, many)


async def invalidate_and_share(cluster: Cluster) -> None:
    client = plain_valkey(CacheSettings.model_validate(settings(cluster) | {"timeout_ms": 2_000}))
    store = SnapshotStore(client)
    invalidator = Invalidator(client, FakeParameters(), user_key=fixed_key(b"key"))

    await asyncio.to_thread(invalidator.invalidate_user, "ana")
    await asyncio.to_thread(invalidator.erase_user, "ana")
    assert await asyncio.to_thread(store.claim_reading, 10)
    assert await asyncio.to_thread(store.store, parameters({"boost_weight": "0.5"}), 1_700_000_000.0, 60.0)
    client.close()


async def opt_out_and_in(cluster: Cluster) -> None:
    client = async_valkey(CacheSettings.model_validate(settings(cluster) | {"timeout_ms": 2_000}))
    async with opened(**settings(cluster)) as cache:
        await OptOuts(client).remember(ANA, 1.0)
        assert (await cache.read(ANA, 0, ["alien"])).opted_out_at == 1.0
        await OptOuts(client).forget(ANA, 2.0)
        assert (await cache.read(ANA, 0, ["alien"])).opted_out_at is None
    await client.aclose()


async def mark_events(cluster: Cluster) -> None:
    client = async_valkey(CacheSettings.model_validate(settings(cluster) | {"timeout_ms": 2_000}))
    judged = judge(ubi(), Sender.of(Caller("ana"), b"key", anonymous=True), {"alien-1979"}, NOW)
    assert judged.outcome is not None
    marks = Marks(client)
    await marks.mark([judged.outcome])
    marked = await marks.marked([judged.outcome])
    await client.aclose()
    if not marked:  # it raises nothing itself
        raise CacheUnavailable("not marked")


async def do_everything(cluster: Cluster) -> None:
    await search(cluster)
    await mark_events(cluster)
    await opt_out_and_in(cluster)
    await invalidate_and_share(cluster)


async def test_all_that_the_code_does_is_allowed(cluster: Cluster) -> None:
    await do_everything(cluster)


@pytest.mark.parametrize("command", ["KEYS *", "FLUSHALL", "CONFIG GET *", "GET secrets", "SCAN 0", "ACL LIST"])
def test_nothing_else_is_allowed(command: str, cluster: Cluster) -> None:
    port = cluster.nodes[0].port
    with (
        redis.Redis(port=port, username=USER, password="s3cret") as client,
        pytest.raises(NoPermissionError),
    ):
        client.execute_command(*command.split())


NEEDED = [rule for rule in access_string().split() if rule[0] in "+~"]


@pytest.mark.parametrize("rule", NEEDED)
async def test_each_rule_is_needed(rule: str, cluster: Cluster) -> None:
    allow(cluster, " ".join(one for one in access_string().split() if one != rule))
    with pytest.raises((CacheUnavailable, redis.exceptions.RedisError)):
        await do_everything(cluster)
