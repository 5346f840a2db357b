"""Personalizing: every status and reason where all that is asked answers."""

from typing import Any

import numpy as np

from discovery.api.auth import ANONYMOUS, Caller
from discovery.personalization.blending import Candidates
from discovery.privacy.user_key import fixed_key
from tests.conftest import Counted
from tests.fakes import FakeSona
from tests.unit.personalization.personalizing import ANA, HASH, LIKES, Rig, said, snapshot

NOTHING = Candidates([], np.empty(0))


async def test_the_candidates_are_reordered_by_what_the_person_likes() -> None:
    outcome = await Rig().personalize()

    # 1·0.6 + 0·0.4 = 0.60   0.6·0.6 + 0.1·0.4 = 0.40   0.2·0.6 + 1·0.4 = 0.52
    assert outcome.order == [0, 2, 1]
    assert said(outcome) == ("applied", None)


async def test_what_sona_said_is_cached_and_sona_is_asked_for_the_rest_only() -> None:
    rig = Rig()
    rig.keep(alien=0.5)

    outcome = await rig.personalize()

    assert [body["content_ids"] for _, body in rig.sona.asked] == [["heat", "jaws"]]
    assert rig.cached() == {"alien": 0.5, "heat": 0.1, "jaws": 1.0}
    assert (outcome.summary().scored, outcome.summary().from_cache) == (3, 1)


async def test_with_everything_cached_sona_is_not_asked() -> None:
    rig = Rig()
    rig.keep(alien=0.5, heat=0.5, jaws=0.5)

    outcome = await rig.personalize()

    assert said(outcome) == ("applied", None)
    assert outcome.summary().from_cache == 3
    assert not rig.sona.asked


async def refused(caller: Caller, **options: Any) -> tuple[str, str | None]:
    """What is said to a caller for whom nothing at all may be looked up."""
    rig = Rig()
    outcome = await rig.personalize(caller, **options)
    assert rig.cache.reads == 0
    assert not rig.sona.asked
    assert outcome.order == list(range(len(outcome.candidates)))
    return said(outcome)


async def test_who_is_anonymous_or_opted_out_is_not_looked_up() -> None:
    assert await refused(ANONYMOUS) == ("skipped", "anonymous")
    assert await refused(Caller("ana", opted_out=True)) == ("skipped", "opted_out")


async def test_where_nothing_is_found_sona_is_not_asked_and_the_variant_is_still_told() -> None:
    rig = Rig()

    outcome = await rig.personalize(candidates=NOTHING)

    assert said(outcome) == ("skipped", "no_candidates")
    assert (outcome.gathered.user, outcome.gathered.assignment.variant) == (HASH, "high_boost")
    assert not rig.sona.asked


async def test_nothing_found_stays_the_reason_where_the_cache_fails_or_is_late() -> None:
    failing, late = Rig(), Rig()
    failing.cache.read_fails = True
    late.cache.read_delay = 3_600

    assert said(await failing.personalize(candidates=NOTHING)) == ("skipped", "no_candidates")
    assert said(await late.personalize(candidates=NOTHING, timeout_ms=20)) == ("skipped", "no_candidates")


async def test_for_an_order_that_was_asked_for_nobody_is_looked_up() -> None:
    assert await refused(ANA, keep_order=True) == ("skipped", "sorted")
    assert await refused(ANA, keep_order=True, user_key=fixed_key(b"")) == ("skipped", "sorted")
    assert await refused(ANA, keep_order=True, candidates=NOTHING) == ("skipped", "sorted")


async def test_who_refuses_is_told_so_whatever_the_order() -> None:
    assert await refused(ANONYMOUS, keep_order=True) == ("skipped", "anonymous")
    assert await refused(Caller("ana", opted_out=True), keep_order=True) == ("skipped", "opted_out")
    assert await refused(Caller("ana", refuses=True), keep_order=True) == ("skipped", "global_privacy_control")


async def test_the_setting_or_a_missing_key_switches_everything_off() -> None:
    assert await refused(ANA, enabled=False) == ("skipped", "disabled")
    assert await refused(ANA, user_key=fixed_key(b"")) == ("skipped", "disabled")


async def test_the_policys_switch_stops_sona_and_the_blend() -> None:
    rig = Rig(policy=snapshot(enabled="false"))
    rig.keep(alien=0.0, heat=0.1, jaws=1.0)

    outcome = await rig.personalize()

    assert said(outcome) == ("skipped", "disabled")
    assert not rig.sona.asked


async def test_control_asks_sona_nothing_and_keeps_the_order() -> None:
    rig = Rig()
    rig.keep(alien=0.0, heat=0.1, jaws=1.0)

    outcome = await rig.personalize(variant="control")

    assert said(outcome) == ("skipped", "control")
    assert outcome.order == [0, 1, 2]
    assert (outcome.summary().variant, outcome.summary().weight) == ("control", 0.0)
    assert not rig.sona.asked


async def test_a_user_whom_sona_knows_nothing_of_is_cold() -> None:
    outcome = await Rig(FakeSona({})).personalize()

    assert said(outcome) == ("skipped", "cold_user")
    assert outcome.order == [0, 1, 2]


async def test_contents_that_sona_does_not_know_leave_it_partial() -> None:
    outcome = await Rig(FakeSona({"ana": {"jaws": 1.0}})).personalize()

    assert said(outcome) == ("partial", "unscored")
    assert outcome.summary().scored == 1


async def test_with_overrides_switched_off_a_request_chooses_no_variant() -> None:
    outcome = await Rig().personalize(variant="high_boost", variant_override=False)

    assert said(outcome) == ("applied", "override_off")
    assert (outcome.gathered.assignment.assigned_by, outcome.gathered.assignment.variant) == ("default", None)


async def test_an_unknown_variant_gets_the_default_weight_and_is_named() -> None:
    outcome = await Rig().personalize(variant="removed")

    assert said(outcome) == ("applied", "unknown_variant")
    assert (outcome.summary().weight, outcome.summary().assigned_by) == (0.25, "default")


async def test_a_generation_raised_since_the_last_search_is_looked_up_in_this_one() -> None:
    rig = Rig(policy=snapshot(cache_generation="3", variants__high_boost="0.4"))
    rig.keep(0, alien=0.9, heat=0.9, jaws=0.9)
    rig.keep(3, alien=0.0)

    outcome = await rig.personalize()

    assert outcome.summary().from_cache == 1
    assert rig.cached(3) == LIKES["ana"]


async def test_each_outcome_is_counted(counted: Counted) -> None:
    rig = Rig()
    rig.keep(alien=0.0)
    await rig.personalize()
    await rig.personalize(ANONYMOUS)

    counts = counted()
    assert (counts["PersonalizationApplied"], counts["PersonalizationSkipped"]) == (1, 1)
    assert (counts["CacheHits"], counts["CacheMisses"]) == (1, 2)


async def test_no_key_of_the_cache_holds_the_users_id() -> None:
    rig = Rig()
    await rig.personalize()

    assert [user for user, _ in rig.cache.scores] == [HASH]
