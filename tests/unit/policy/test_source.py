"""Which policy is in force, and when Parameter Store is asked."""

import asyncio
import threading
from concurrent.futures import Future

import pytest

from discovery.policy.policy import Policy
from discovery.policy.snapshot import encode
from discovery.policy.source import PolicySource
from tests.conftest import Counted
from tests.fakes import FakeParameters, FakeStore, parameters

MAX_AGE = 60.0
LONG = 10.0
"""Seconds; a patience that no test uses up."""


class Clock:
    """A wall clock that stands until it is set."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


class Rig:
    """A policy source and what is around it."""

    def __init__(self, **values: str) -> None:
        self.clock = Clock()
        self.parameters = FakeParameters(values)
        self.store = FakeStore()
        self.source = PolicySource(
            self.parameters, self.store, Policy(boost_weight=0.25), max_age_sec=MAX_AGE, wall_clock=self.clock
        )

    def snapshot(self, age: float = 0, **values: str) -> bytes:
        return encode(parameters(values), self.clock.now - age).encode()

    async def weight(self, found: bytes | None = None, patience: float = LONG) -> float:
        return (await self.source.settle(found, patience)).boost_weight

    def refreshed(self) -> bool:
        """Wait for the reading that is due, if any; whether there was one."""
        reading = self.source.refresh_if_old()
        return reading is not None and waited(reading)


def waited(reading: Future[None]) -> bool:
    reading.result(LONG)
    return True


async def test_before_anything_is_known_the_built_in_policy_is_in_force() -> None:
    rig = Rig()

    assert (rig.source.current.version, rig.source.age_ms(rig.source.current)) == ("default", None)


async def test_a_snapshot_is_adopted_at_once_and_parameter_store_not_asked() -> None:
    rig = Rig()

    assert await rig.weight(rig.snapshot(age=2, boost_weight="0.4")) == 0.4
    assert rig.source.age_ms(rig.source.current) == 2000
    assert rig.parameters.reads == 0


async def test_a_newer_snapshot_replaces_an_older_one_and_not_the_other_way_round() -> None:
    rig = Rig()
    older, newer = rig.snapshot(age=5, boost_weight="0.1"), rig.snapshot(age=1, boost_weight="0.2")

    assert [await rig.weight(found) for found in (older, newer, older)] == [0.1, 0.2, 0.2]


async def test_a_snapshot_with_a_refused_value_leaves_the_last_good_policy(counted: Counted) -> None:
    rig = Rig()
    await rig.weight(rig.snapshot(age=5, boost_weight="0.4"))

    assert await rig.weight(rig.snapshot(boost_weight="1.5")) == 0.4
    assert counted()["PolicyRefused"] == 1


async def test_the_same_refused_snapshot_is_reported_once(counted: Counted) -> None:
    rig = Rig()
    refused = rig.snapshot(boost_weight="1.5")

    for _ in range(3):
        await rig.weight(refused)

    assert counted()["PolicyRefused"] == 1


@pytest.mark.parametrize("found", [b"", b"garbage", b"[]", b"\xff"])
async def test_a_damaged_snapshot_leaves_the_last_good_policy(found: bytes, counted: Counted) -> None:
    rig = Rig()
    await rig.weight(rig.snapshot(boost_weight="0.4"))

    assert await rig.weight(found) == 0.4
    assert counted()["PolicySnapshotInvalid"] == 1


async def test_the_first_search_waits_for_parameter_store_and_shares_what_it_read() -> None:
    rig = Rig(boost_weight="0.4")

    assert await rig.weight() == 0.4
    assert rig.store.stored == [({"boost_weight": "0.4"}, rig.clock.now)]


async def test_a_snapshot_ends_before_its_policy_is_too_old_however_late_it_was_stored() -> None:
    rig = Rig(boost_weight="0.4")
    rig.parameters.gate = threading.Event()
    reading = rig.source.refresh_if_old()
    assert reading is not None
    rig.clock.now += 50
    rig.parameters.gate.set()
    waited(reading)

    assert rig.store.lives == [pytest.approx(MAX_AGE * 0.9 - 50)]


async def test_when_a_snapshot_of_others_has_ended_the_policy_is_read_before_it_is_too_old() -> None:
    rig = Rig(boost_weight="0.4")
    await rig.weight(rig.snapshot(boost_weight="0.1"))
    rig.clock.now += MAX_AGE * 0.9

    assert rig.refreshed()
    assert await rig.weight() == 0.4


async def test_the_first_search_waits_no_longer_than_its_patience() -> None:
    rig = Rig(boost_weight="0.4")
    rig.parameters.gate = threading.Event()

    assert await rig.weight(patience=0.01) == 0.25
    rig.parameters.gate.set()
    assert await rig.weight() == 0.4
    assert rig.parameters.reads == 1


async def test_later_searches_never_wait() -> None:
    rig = Rig(boost_weight="0.4")
    await rig.weight()
    rig.clock.now += MAX_AGE
    rig.parameters.values["boost_weight"] = "0.6"
    rig.parameters.gate = threading.Event()

    assert await asyncio.wait_for(rig.weight(), 1) == 0.4
    rig.parameters.gate.set()
    rig.refreshed()
    assert await rig.weight() == 0.6


async def test_parameter_store_is_read_at_most_once_per_max_age() -> None:
    rig = Rig(boost_weight="0.4")
    for _ in range(100):
        await rig.weight()
        rig.refreshed()
        rig.clock.now += 3

    assert rig.parameters.reads == 5


async def test_a_failing_parameter_store_is_asked_no_more_often(counted: Counted) -> None:
    rig = Rig()
    rig.parameters.fails = True
    for _ in range(100):
        await rig.weight()
        rig.clock.now += 3
    rig.refreshed()

    assert rig.parameters.reads == 5 + 1
    assert counted()["PolicyUnavailable"] == 6
    assert rig.source.current.version == "default"


async def test_searches_at_the_same_time_share_one_reading() -> None:
    rig = Rig(boost_weight="0.4")
    rig.parameters.gate = threading.Event()

    searches = [asyncio.create_task(rig.weight()) for _ in range(5)]
    await asyncio.sleep(0.01)
    rig.parameters.gate.set()

    assert await asyncio.gather(*searches) == [0.4] * 5
    assert rig.parameters.reads == 1


async def test_a_refused_value_in_parameter_store_is_not_adopted_and_the_last_good_policy_shared_anew(
    counted: Counted,
) -> None:
    rig = Rig(boost_weight="0.4")
    await rig.weight()
    rig.parameters.values["boost_weight"] = "abc"
    rig.clock.now += MAX_AGE

    rig.refreshed()

    assert await rig.weight() == 0.4
    assert rig.store.stored == [({"boost_weight": "0.4"}, rig.clock.now - MAX_AGE)] * 2
    assert counted()["PolicyRefused"] == 1


async def test_the_switch_goes_off_whatever_else_is_refused() -> None:
    rig = Rig(boost_weight="0.4")
    await rig.weight()
    rig.parameters.values |= {"boost_weight": "abc", "enabled": "false"}
    rig.clock.now += MAX_AGE

    rig.refreshed()

    assert (rig.source.current.enabled, rig.source.current.boost_weight) == (False, 0.4)
    assert rig.store.stored[-1] == ({"boost_weight": "0.4", "enabled": "false"}, rig.clock.now)


async def test_every_log_line_can_say_which_policy_and_how_old() -> None:
    rig = Rig()
    await rig.weight(rig.snapshot(age=2, boost_weight="0.4"))

    assert rig.source.stamp() == {"policy_version": rig.source.current.version, "policy_age_ms": 2000}


async def test_with_nothing_good_a_refused_policy_leaves_the_built_in_one_and_shares_nothing() -> None:
    rig = Rig(boost_weight="abc")

    assert await rig.weight() == 0.25
    assert (rig.source.current.version, rig.store.stored) == ("default", [])


async def test_one_environment_reads_for_all_that_are_warm() -> None:
    rig = Rig(boost_weight="0.4")
    await rig.weight()
    rig.store.claimed = True
    rig.clock.now += MAX_AGE

    rig.refreshed()

    assert rig.parameters.reads == 1


async def test_should_the_reader_fail_another_tries_once_its_claim_has_ended() -> None:
    rig = Rig(boost_weight="0.4")
    await rig.weight()
    rig.store.claimed = True
    rig.clock.now += MAX_AGE
    rig.refreshed()
    rig.store.claimed = False

    assert not rig.refreshed()
    rig.clock.now += 10
    assert rig.refreshed()
    assert rig.parameters.reads == 2


async def test_without_valkey_to_agree_by_every_environment_reads_for_itself() -> None:
    rig = Rig(boost_weight="0.4")
    await rig.weight()
    rig.store.fails = True
    rig.clock.now += MAX_AGE

    rig.refreshed()

    assert rig.parameters.reads == 2


async def test_an_environment_with_nothing_at_hand_reads_whoever_else_does() -> None:
    rig = Rig(boost_weight="0.4")
    rig.store.claimed = True

    assert await rig.weight() == 0.4


async def test_a_policy_that_can_not_be_shared_is_in_force_here_all_the_same() -> None:
    rig = Rig(boost_weight="0.4")
    rig.store.fails = True

    assert await rig.weight() == 0.4


async def test_whatever_goes_wrong_while_reading_the_next_reading_is_made(counted: Counted) -> None:
    rig = Rig(boost_weight="0.4")
    rig.parameters.values = None  # type: ignore[assignment]  # makes `read` raise what nobody expects
    await rig.weight()
    rig.parameters.values = {"boost_weight": "0.6"}
    rig.clock.now += MAX_AGE

    rig.refreshed()

    assert await rig.weight() == 0.6
    assert counted()["PolicyUnavailable"] == 1


async def test_a_slow_reading_does_not_put_an_older_policy_over_a_newer_snapshot() -> None:
    rig = Rig(boost_weight="0.1")
    rig.parameters.gate = threading.Event()
    reading = rig.source.refresh_if_old()
    assert reading is not None
    rig.clock.now += 1
    await rig.weight(rig.snapshot(boost_weight="0.4"))

    rig.parameters.gate.set()
    waited(reading)

    assert await rig.weight() == 0.4


async def test_an_age_is_never_negative_though_clocks_differ() -> None:
    rig = Rig()
    await rig.weight(rig.snapshot(age=-3, boost_weight="0.4"))

    assert rig.source.age_ms(rig.source.current) == 0


async def test_a_snapshot_from_the_future_does_not_pin_the_policy() -> None:
    rig = Rig()
    await rig.weight(rig.snapshot(age=-1e9, boost_weight="0.9"))

    assert await rig.weight(rig.snapshot(boost_weight="0.3")) == 0.3
