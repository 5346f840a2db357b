"""The promise: personalization never takes longer than its deadline, whatever is late, and never gives up before it.

Milliseconds are those of the event loop's clock, which jumps over what would be waited for.
"""

import asyncio
import threading
from collections.abc import Callable

import numpy as np
import pytest

from discovery.api.auth import Caller
from discovery.personalization.blending import Candidates
from discovery.personalization.deadline import in_time
from discovery.reason import Reason
from discovery.settings.personalization import PersonalizationSettings
from tests.clock import timed
from tests.conftest import Counted
from tests.fakes import FOR_EVER, FakeOptOuts, FakeSona
from tests.unit.personalization.personalizing import LIKES, Rig, said, snapshot

DEADLINE_MS = 50
"""The promise, and the setting's default."""


def personalized(rig: Rig, variant: str | None = "high_boost") -> tuple[tuple[str, str | None], float]:
    """The status and reason that personalizing ends with under the default settings, and its milliseconds."""
    outcome, took_ms = timed(rig.personalize(variant=variant, timeout_ms=PersonalizationSettings().timeout_ms))
    return said(outcome), took_ms


def late_cache() -> Rig:
    rig = Rig()
    rig.cache.read_delay = FOR_EVER
    return rig


def late_sona() -> Rig:
    return Rig(FakeSona(LIKES, delay=FOR_EVER))


def late_single() -> Rig:
    return Rig(FakeSona(LIKES, has_batch=False, slow=frozenset({"heat"})))


def late_write_back() -> Rig:
    rig = Rig()
    rig.cache.write_delay = FOR_EVER
    return rig


def late_sona_after_a_slow_cache() -> Rig:
    rig = late_sona()
    rig.cache.read_delay = 0.030
    return rig


def late_write_back_after_everything_slow() -> Rig:
    rig = Rig(FakeSona(LIKES, delay=0.020))
    rig.cache.read_delay, rig.cache.write_delay = 0.020, 0.020
    return rig


def late_second_read() -> Rig:
    rig = Rig(policy=snapshot(cache_generation="3", variants__high_boost="0.4"))
    rig.cache.read_delay = 0.030
    return rig


LATE: list[tuple[Callable[[], Rig], tuple[str, str | None]]] = [
    (late_cache, ("failed", "timeout")),
    (late_sona, ("failed", "timeout")),
    (late_single, ("partial", "timeout")),
    (late_write_back, ("applied", None)),
    (late_sona_after_a_slow_cache, ("failed", "timeout")),
    (late_write_back_after_everything_slow, ("applied", None)),
    (late_second_read, ("failed", "timeout")),
]


@pytest.mark.parametrize(("late", "expected"), LATE, ids=lambda part: getattr(part, "__name__", ""))
def test_whatever_is_late_all_of_it_ends_at_the_deadline(
    late: Callable[[], Rig], expected: tuple[str, str | None], counted: Counted
) -> None:
    assert personalized(late()) == (expected, DEADLINE_MS)
    assert counted()["DeadlineReached"] == 1


def test_at_the_deadline_what_has_arrived_is_used() -> None:
    outcome, _ = timed(late_single().personalize(timeout_ms=DEADLINE_MS))

    assert outcome.summary().scored == 2
    assert outcome.elapsed_ms == pytest.approx(DEADLINE_MS)


def test_what_takes_just_less_than_the_deadline_is_waited_for(counted: Counted) -> None:
    rig = Rig(FakeSona(LIKES, delay=0.019))
    rig.cache.read_delay, rig.cache.write_delay = 0.020, 0.010

    assert personalized(rig) == (("applied", None), 49)
    assert rig.cached() == LIKES["ana"]
    assert not counted()["DeadlineReached"]


@pytest.mark.parametrize(
    ("default_suffices", "assigned"), [(True, ("high_boost", "request")), (False, (None, "default"))]
)
def test_who_waited_for_the_cache_in_vain_is_recorded_under_their_variant_where_a_policy_is_in_force(
    default_suffices: bool, assigned: tuple[str | None, str]
) -> None:
    rig = late_cache()
    rig.default_suffices = default_suffices

    outcome, _ = timed(rig.personalize(variant="high_boost", timeout_ms=DEADLINE_MS))

    assert (outcome.gathered.assignment.variant, outcome.gathered.assignment.assigned_by) == assigned


def waiting_for_its_policy(
    sona: FakeSona, *, read_delay: float = 0.0, default_suffices: bool = True
) -> tuple[tuple[str, str | None], float]:
    """The first search of an environment, which finds no policy, while Parameter Store does not answer."""
    rig = Rig(sona)
    rig.default_suffices = default_suffices
    rig.cache.policy, rig.cache.read_delay = None, read_delay
    rig.parameters.gate = threading.Event()
    try:
        return personalized(rig, variant=None)
    finally:
        rig.parameters.gate.set()


def test_waiting_for_the_policy_takes_half_of_the_deadline_and_leaves_sona_the_rest() -> None:
    assert waiting_for_its_policy(FakeSona(LIKES, delay=0.020)) == (("applied", None), 25 + 20)


def test_waiting_for_the_policy_in_vain_ends_the_matter() -> None:
    sona = FakeSona(LIKES)

    assert waiting_for_its_policy(sona, default_suffices=False) == (("failed", "policy_unavailable"), 25)
    assert sona.asked == []


def test_waiting_for_the_policy_does_not_move_the_deadline() -> None:
    late_too = FakeSona(LIKES, delay=FOR_EVER)

    assert waiting_for_its_policy(late_too, read_delay=0.010) == (("failed", "timeout"), DEADLINE_MS)


@pytest.mark.parametrize(("complete", "reason"), [(True, None), (False, Reason.TIMEOUT)])
def test_at_the_deadline_what_is_waited_for_is_cancelled_and_a_reason_given_where_scores_are_missing(
    complete: bool, reason: Reason | None
) -> None:
    cancelled: list[bool] = []

    async def gathering() -> None:
        try:
            await asyncio.sleep(FOR_EVER)
        except asyncio.CancelledError:
            cancelled.append(True)
            raise

    async def ended() -> tuple[Reason | None, bool]:
        reason = await in_time(gathering(), DEADLINE_MS / 1000, complete=lambda: complete)
        return reason, bool(cancelled)  # by now, and not only when the loop ends

    assert timed(ended()) == ((reason, True), DEADLINE_MS)


class LateOptOuts(FakeOptOuts):
    async def remember(self, user: str, issued_at: float) -> None:
        await asyncio.sleep(FOR_EVER)
        await super().remember(user, issued_at)


def test_of_a_single_candidate_too_it_is_the_write_back_that_was_late() -> None:
    one = Candidates(["alien"], np.array([1.0]))

    outcome, _ = timed(late_write_back().personalize(candidates=one, timeout_ms=DEADLINE_MS))

    assert said(outcome) == ("applied", None)


def test_remembering_an_opt_out_ends_at_the_deadline_too() -> None:
    rig = Rig()
    opted_out = Caller("ana", opted_out=True)

    outcome, took_ms = timed(
        rig.personalize(opted_out, opt_outs=LateOptOuts(rig.cache), timeout_ms=PersonalizationSettings().timeout_ms)
    )

    assert (said(outcome), took_ms) == (("skipped", "opted_out"), DEADLINE_MS)
