"""Which policy is in force: of snapshots, of what Parameter Store says, and of what both refuse."""

import threading

import pytest

from tests.conftest import Counted
from tests.unit.policy.sourcing import MAX_AGE, Rig


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


async def test_a_snapshot_from_the_future_does_not_pin_the_policy() -> None:
    rig = Rig()
    await rig.weight(rig.snapshot(age=-1e9, boost_weight="0.9"))

    assert await rig.weight(rig.snapshot(boost_weight="0.3")) == 0.3


async def test_every_log_line_can_say_which_policy_and_how_old() -> None:
    rig = Rig()
    await rig.weight(rig.snapshot(age=2, boost_weight="0.4"))

    assert rig.source.stamp() == {"policy_version": rig.source.current.version, "policy_age_ms": 2000}


async def test_an_age_is_never_negative_though_clocks_differ() -> None:
    rig = Rig()
    await rig.weight(rig.snapshot(age=-3, boost_weight="0.4"))

    assert rig.source.age_ms(rig.source.current) == 0


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


async def test_a_slow_reading_does_not_put_an_older_policy_over_a_newer_snapshot() -> None:
    rig = Rig(boost_weight="0.1")
    rig.parameters.gate = threading.Event()
    rig.source.refresh_if_old()
    rig.clock.now += 1
    await rig.weight(rig.snapshot(boost_weight="0.4"))

    rig.parameters.gate.set()
    assert rig.refreshed()

    assert await rig.weight() == 0.4
