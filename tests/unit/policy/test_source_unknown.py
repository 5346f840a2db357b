"""An environment that knows no policy: what it may do, and from where it learns the last one."""

import asyncio
import threading

import pytest

from tests.conftest import Counted
from tests.unit.policy.sourcing import MAX_AGE, Rig


async def test_until_a_reading_succeeds_no_policy_is_in_force() -> None:
    rig = Rig(boost_weight="0.4")
    rig.parameters.fails = True
    await rig.weight()
    before = rig.source.is_known
    rig.parameters.fails = False
    rig.clock.now += 10
    rig.refreshed()

    assert (before, rig.source.is_known) == (False, True)
    assert await rig.weight() == 0.4


async def test_a_setting_puts_the_built_in_policy_in_force_meanwhile() -> None:
    rig = Rig(default_suffices=True)
    rig.parameters.fails = True

    assert await rig.weight() == 0.25
    assert rig.source.is_known


async def test_where_parameter_store_holds_nothing_the_built_in_values_are_its_policy() -> None:
    rig = Rig()

    assert await rig.weight() == 0.25
    assert (rig.source.is_known, rig.source.current.version) == (True, "default")


async def test_the_last_policy_that_any_environment_saw_counts_where_parameter_store_is_late() -> None:
    rig = Rig(enabled="true")
    rig.parameters.gate = threading.Event()

    await rig.weight(patience=0.01, last=rig.snapshot(age=86_400, enabled="false"))
    rig.parameters.gate.set()

    assert (rig.source.is_known, rig.source.current.enabled) == (True, False)


async def test_it_does_not_count_where_parameter_store_answers() -> None:
    rig = Rig(enabled="true", boost_weight="0.4")

    assert await rig.weight(last=rig.snapshot(age=86_400, enabled="false")) == 0.4
    assert rig.source.current.enabled


async def test_nor_does_it_replace_a_policy_at_hand() -> None:
    rig = Rig()
    await rig.weight(rig.snapshot(age=100, boost_weight="0.4"))
    rig.parameters.fails = True

    assert await rig.weight(last=rig.snapshot(age=10, boost_weight="0.6")) == 0.4


async def test_a_refused_last_policy_leaves_none_in_force(counted: Counted) -> None:
    rig = Rig()
    rig.parameters.fails = True

    await rig.weight(last=rig.snapshot(age=100, boost_weight="1.5"))

    assert not rig.source.is_known
    assert counted()["PolicyRefused"] == 1


async def test_refused_parameters_with_nothing_at_hand_leave_none_in_force() -> None:
    rig = Rig(boost_weight="abc")

    await rig.weight()

    assert not rig.source.is_known


async def test_refused_parameters_are_off_where_they_say_so_though_no_policy_was_ever_good() -> None:
    rig = Rig(boost_weight="abc", enabled="false")

    await rig.weight()

    assert (rig.source.is_known, rig.source.current.enabled) == (True, False)


async def test_while_parameter_store_fails_the_policy_at_hand_is_kept_for_environments_to_come() -> None:
    rig = Rig(boost_weight="0.4")
    await rig.weight()
    read_at = rig.clock.now
    rig.parameters.fails = True
    rig.clock.now += MAX_AGE

    rig.refreshed()

    assert rig.store.kept == [({"boost_weight": "0.4"}, read_at)]


@pytest.mark.parametrize("known", [True, False])
async def test_a_valkey_that_is_gone_too_changes_nothing(known: bool) -> None:
    rig = Rig(boost_weight="0.4")
    if known:
        await rig.weight()
    rig.parameters.fails = rig.store.fails = True
    rig.clock.now += MAX_AGE

    rig.refreshed()

    assert rig.source.is_known is known


@pytest.mark.parametrize("found", [b"garbage", b'{"read_at": 1e12, "parameters": {}}'])
async def test_a_snapshot_of_no_use_does_not_keep_an_environment_from_reading_for_itself(found: bytes) -> None:
    rig = Rig(boost_weight="0.4")

    assert [await rig.weight(found) for _ in range(2)] == [0.4, 0.4]
    assert (rig.source.is_known, rig.parameters.reads) == (True, 1)


async def test_nor_one_whose_policy_has_grown_old() -> None:
    rig = Rig(boost_weight="0.4")
    await rig.weight(rig.snapshot(boost_weight="0.3"))
    rig.clock.now += MAX_AGE
    for _ in range(1000):  # until the thread that the first of them starts has read
        if await rig.weight(b"garbage") == 0.4:
            break
        await asyncio.sleep(0.01)

    assert (rig.source.current.boost_weight, rig.parameters.reads) == (0.4, 1)


async def test_while_the_policy_is_young_a_snapshot_of_no_use_starts_no_reading() -> None:
    rig = Rig(boost_weight="0.4")
    await rig.weight(rig.snapshot(boost_weight="0.3"))

    assert [await rig.weight(b"garbage") for _ in range(3)] == [0.3] * 3
    assert (rig.refreshed(), rig.parameters.reads) == (False, 0)
