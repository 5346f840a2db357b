"""When Parameter Store is asked, by which environment, and who waits for it."""

import asyncio
import threading

from tests.conftest import Counted
from tests.unit.policy.sourcing import MAX_AGE, Rig


async def test_the_first_search_waits_for_parameter_store_and_shares_what_it_read() -> None:
    rig = Rig(boost_weight="0.4")

    assert await rig.weight() == 0.4
    assert rig.store.stored == [({"boost_weight": "0.4"}, rig.clock.now)]


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
    rig = Rig(boost_weight="0.4")
    await rig.weight()
    rig.parameters.fails = True
    for _ in range(100):
        rig.clock.now += 3
        await rig.weight()
        rig.refreshed()

    assert rig.parameters.reads == 1 + 5
    assert counted()["PolicyUnavailable"] == 5
    assert rig.source.current.boost_weight == 0.4


async def test_an_environment_that_knows_no_policy_tries_again_after_ten_seconds(counted: Counted) -> None:
    rig = Rig()
    rig.parameters.fails = True
    for _ in range(10):
        await rig.weight()
        rig.refreshed()
        rig.clock.now += 3

    assert rig.parameters.reads == 3
    assert counted()["PolicyUnavailable"] == 3
    assert not rig.source.is_known


async def test_searches_at_the_same_time_share_one_reading() -> None:
    rig = Rig(boost_weight="0.4")
    rig.parameters.gate = threading.Event()

    searches = [asyncio.create_task(rig.weight()) for _ in range(5)]
    await asyncio.sleep(0.01)
    rig.parameters.gate.set()

    assert await asyncio.gather(*searches) == [0.4] * 5
    assert rig.parameters.reads == 1


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
