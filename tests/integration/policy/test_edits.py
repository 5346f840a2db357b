"""However its events arrive, an edit ends in every environment answering with what Parameter Store holds."""

import asyncio

import pytest

from tests.events import parameter_changed
from tests.integration.policy.conftest import Running

BURST = 50


async def test_a_burst_of_edits_ends_in_the_last_one(running: Running) -> None:
    async with running() as system:
        await system.search()
        await asyncio.gather(*(system.put("boost_weight", f"0.{number:02}") for number in range(1, BURST)))
        await system.put("boost_weight", "0.77")
        soon = await system.search_until_seen()
        await system.invalidation.until(handled=BURST)
        at_last = await system.search()

    assert [block.weight for block in soon + at_last] == [0.77] * 4


async def test_the_same_event_twice_is_the_same_policy(running: Running) -> None:
    async with running() as system:
        system.invalidation.reachable = False
        await system.put("boost_weight", "0.4")
        (event,) = system.invalidation.kept
        answers = []
        for _ in range(2):
            await system.invalidation.handle(event)
            answers += await system.search()
        held = await system.held()

    assert {(block.weight, block.policy_version) for block in answers} == {(0.4, held)}


async def test_an_older_event_that_comes_late_brings_no_older_policy_back(running: Running) -> None:
    async with running() as system:
        system.invalidation.reachable = False
        await system.put("boost_weight", "0.3")
        await system.put("boost_weight", "0.4")
        answers = []
        for event in reversed(system.invalidation.kept):
            await system.invalidation.handle(event)
            answers += await system.search()

    assert [block.weight for block in answers] == [0.4] * 4


async def test_another_parameter_is_none_of_ours(running: Running) -> None:
    async with running() as system:
        await system.put("boost_weight", "0.4")
        await system.search_until_seen()
        readings = len(system.meter.calls)
        await system.invalidation.handle(parameter_changed("/discovery/another-stage/personalization/boost_weight"))
        await system.invalidation.handle(parameter_changed(f"{system.prefix.rstrip('/')}-of-old/boost_weight"))

    assert len(system.meter.calls) == readings


async def test_a_deleted_variant_is_gone_and_its_searches_get_the_default(running: Running) -> None:
    async with running() as system:
        for name, value in (("variants/brave", "0.9"), ("variants/control", "0"), ("boost_weight", "0.2")):
            await system.put(name, value)
        before = await system.search_until_seen("brave")
        await system.delete("variants/brave")
        after = await system.search_until_seen("brave")

    assert {(block.variant, block.weight, block.assigned_by) for block in before} == {("brave", 0.9, "request")}
    assert {(block.variant, block.weight, block.assigned_by) for block in after} == {(None, 0.2, "default")}


async def test_variants_beyond_the_first_page_of_parameters_count_too(running: Running) -> None:
    async with running() as system:
        system.invalidation.reachable = False
        for number in range(25):
            await system.put(f"variants/v{number:02}", f"0.{number:02}")
        await system.invalidation.handle(system.invalidation.kept[-1])
        blocks = await system.search("v24")

    assert [block.weight for block in blocks] == [0.24, 0.24]
    assert len(system.meter.calls) == 3  # pages of ten


@pytest.mark.parametrize("value", ["1.5", "abc"])
async def test_an_edit_that_is_refused_leaves_the_policy_until_it_is_mended(running: Running, value: str) -> None:
    async with running() as system:
        await system.put("boost_weight", "0.4")
        good = await system.search_until_seen()
        await system.put("boost_weight", value)
        await system.invalidation.until(handled=2)
        refused = await system.search()
        await system.put("boost_weight", "0.5")
        mended = await system.search_until_seen()

    assert {block.policy_version for block in refused} == {block.policy_version for block in good}
    assert [block.weight for block in mended] == [0.5, 0.5]
