"""Gathering scores: for whom, under which policy, and when even though nothing is blended with them."""

import json
from collections.abc import Sequence
from typing import Any

import pytest

from discovery.errors import PolicyUnavailable, SonaUnavailable
from discovery.personalization.score_cache import CacheRead
from discovery.policy.policy import Assignment
from discovery.privacy.user_key import UserKey, fixed_key
from discovery.reason import Reason
from tests.clock import timed
from tests.fakes import FOR_EVER, FakeScoreCache, FakeSona, sona_over
from tests.unit.personalization.personalizing import ANA, HASH, LIKES, Rig, snapshot

ASKED = ["alien", "heat", "jaws"]
VARIANTS: dict[str, Any] = {"variants__control": "0", "variants__high_boost": "0.4"}


async def test_it_says_for_whom_by_their_hash_and_how_old_the_policy_is() -> None:
    gathered = await Rig(policy=snapshot(read_at=1.0)).gatherer().gather(ANA, ASKED)

    assert gathered.user == HASH
    assert gathered.policy_age_ms is not None
    assert gathered.policy_age_ms > 1_700_000_000_000  # read in 1970


@pytest.mark.parametrize("policy", [snapshot(enabled="false"), snapshot(**VARIANTS)], ids=["off", "weight 0"])
async def test_scores_can_be_wanted_even_though_nothing_is_blended_with_them(policy: bytes) -> None:
    gatherer = Rig(policy=policy).gatherer()

    used = await gatherer.gather(ANA, ASKED, variant="control")
    wanted = await gatherer.gather(ANA, ASKED, variant="control", even_unused=True)

    assert not used.scores
    assert {content_id: score.value for content_id, score in wanted.scores.items()} == LIKES["ana"]


def unreadable() -> str:
    raise PolicyUnavailable("no answer")


@pytest.mark.parametrize("key", [fixed_key(b""), UserKey(unreadable)], ids=["none", "unknown"])
async def test_without_a_key_nobody_has_a_name(key: UserKey) -> None:
    assert Rig().gatherer(user_key=key).identify("ana") == ""
    key.wait()  # or the thread that reads it would log into the next test


def running(**changes: object) -> bytes:
    """A policy with an experiment that began in 1970."""
    document = {"name": "homepage", "traffic_allocation": 1, "variants": {"high_boost": 1}}
    begun = {"start": "1970-01-02T00:00:00Z"}
    return snapshot(**VARIANTS, experiment=json.dumps(document | begun | changes))


async def test_the_experiment_assigns_by_the_users_hash() -> None:
    experiment = {"variants": {"control": 0.5, "high_boost": 0.5}}
    policy = running(**experiment)

    gathered = await Rig(policy=policy).gatherer().gather(ANA, ASKED)

    assert gathered.assignment == gathered.policy.assign(HASH, None, 1e9)
    assert gathered.assignment.assigned_by == "experiment"


async def test_an_experiment_that_has_begun_assigns_and_one_that_has_ended_does_not() -> None:
    begun = await Rig(policy=running()).gatherer().gather(ANA, ASKED)
    ended = await Rig(policy=running(end="1970-01-03T00:00:00Z")).gatherer().gather(ANA, ASKED)

    assert begun.assignment == begun.policy.assign(HASH, None, 1e9)
    assert (begun.assignment.variant, begun.assignment.experiment) == ("high_boost", "homepage")
    assert ended.assignment == Assignment(None, 0.25, "default")


async def test_with_neither_a_snapshot_nor_parameter_store_the_last_policy_serves_the_first_search() -> None:
    rig = Rig(policy=snapshot(**VARIANTS))
    rig.cache.policy, rig.cache.last_policy = None, snapshot(variants__high_boost="0.9")
    rig.parameters.fails = True

    gathered = await rig.gatherer().gather(ANA, ASKED, variant="high_boost")

    assert (gathered.reason, gathered.assignment.weight) == (None, 0.9)


async def test_with_everything_cached_a_sona_in_trouble_is_no_concern() -> None:
    # Given a client whose circuit is open
    rig = Rig()
    rig.keep(alien=0.5, heat=0.5, jaws=0.5)
    client = sona_over(FakeSona(status=500), failures=1)
    with pytest.raises(SonaUnavailable):
        await client.fetch("ana", ASKED, lambda _: None)

    gathered = await rig.gatherer(sona=client).gather(ANA, ASKED)

    assert (gathered.reason, len(gathered.scores)) == (None, 3)


def test_who_waits_for_the_cache_in_vain_is_assigned_by_the_policy_at_hand() -> None:
    rig = Rig(policy=running(variants={"control": 0.5, "high_boost": 0.5}))

    async def two_searches() -> tuple[Assignment, Assignment]:
        gatherer = rig.gatherer()
        first = await gatherer.gather(ANA, ASKED)
        rig.cache.read_delay = FOR_EVER
        return first.assignment, (await gatherer.gather(ANA, ASKED)).assignment

    (first, second), _ = timed(two_searches())

    assert first == second
    assert first.assigned_by == "experiment"


class FailsTheSecondTime(FakeScoreCache):
    async def read(
        self, user: str, generation: int, content_ids: Sequence[str], *, last_policy: bool = False
    ) -> CacheRead:
        self.read_fails = self.reads == 1
        return await super().read(user, generation, content_ids, last_policy=last_policy)


async def test_a_cache_that_fails_in_the_second_look_up_is_named() -> None:
    cache = FailsTheSecondTime(policy=snapshot(cache_generation="3", **VARIANTS))

    gathered = await Rig().gatherer(cache=cache).gather(ANA, ASKED)

    assert (gathered.reason, len(gathered.scores)) == (Reason.CACHE_UNAVAILABLE, 3)
