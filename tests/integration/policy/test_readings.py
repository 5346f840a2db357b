"""Parameter Store is read seldom, beside searches, and again after it has failed."""

import asyncio

from tests.integration.policy.conftest import Running
from tests.integration.policy.system import SOON

SHORT = {"max_age_sec": 0.5}
"""So that a policy grows old within a test."""


async def test_an_edit_whose_event_is_lost_is_seen_once_the_snapshot_has_ended(running: Running) -> None:
    async with running(policy=SHORT) as system:
        await system.put("boost_weight", "0.3")
        await system.search_until_seen()
        system.invalidation.reachable = False
        await system.put("boost_weight", "0.4")

        blocks = await system.search_until_seen()

    assert [block.weight for block in blocks] == [0.4, 0.4]


async def test_an_event_that_meets_throttling_is_delivered_again(running: Running) -> None:
    async with running() as system:
        await system.put("boost_weight", "0.3")
        before = await system.search_until_seen()
        system.meter.throttles = True
        await system.put("boost_weight", "0.4")
        await system.invalidation.until(failures=1)
        meanwhile = await system.search()
        system.meter.throttles = False

        after = await system.search_until_seen()

    assert [block.weight for block in before + meanwhile + after] == [0.3] * 4 + [0.4] * 2


async def test_throttling_while_a_policy_grows_old_costs_nothing_but_its_age(running: Running) -> None:
    async with running(policy=SHORT) as system:
        await system.put("boost_weight", "0.3")
        await system.search_until_seen()
        system.invalidation.reachable = False
        system.meter.throttles = True
        await system.put("boost_weight", "0.4")
        readings = len(system.meter.calls)
        meanwhile = []
        async with asyncio.timeout(SOON):
            while len(system.meter.calls) == readings:
                meanwhile += await system.search()
        system.meter.throttles = False

        after = await system.search_until_seen()

    assert {block.weight for block in meanwhile} == {0.3}
    assert [block.weight for block in after] == [0.4, 0.4]


async def test_searches_with_a_young_policy_read_nothing(running: Running) -> None:
    async with running() as system:
        await system.put("boost_weight", "0.3")
        await system.search_until_seen()
        readings = len(system.meter.calls)
        for _ in range(10):
            await system.search()

    assert len(system.meter.calls) == readings


async def test_without_valkey_each_environment_reads_once(running: Running, unused_tcp_port: int) -> None:
    async with running(cache={"url": f"redis://127.0.0.1:{unused_tcp_port}/0"}) as system:
        system.invalidation.reachable = False
        await system.put("boost_weight", "0.3")
        blocks = await system.search_until_seen()
        for _ in range(10):
            blocks += await system.search()

    assert {block.weight for block in blocks} == {0.3}
    assert len(system.meter.calls) == len(system.environments)


async def test_while_one_environment_reads_searches_go_on_and_no_other_reads(running: Running) -> None:
    async with running(policy={"max_age_sec": 3}) as system:
        await system.put("boost_weight", "0.3")
        await system.search_until_seen()
        system.invalidation.reachable = False
        await system.put("boost_weight", "0.4")
        system.meter.delay = 1.5
        readings = len(system.meter.calls)
        async with asyncio.timeout(SOON):
            while len(system.meter.calls) == readings:
                blocks = await system.search()
        for _ in range(3):
            blocks += await system.search()

        assert {block.weight for block in blocks} == {0.3}
        (reading,) = system.meter.calls[readings:]
        assert reading.ended == float("inf")  # still under way
        assert [block.weight for block in await system.search_until_seen()] == [0.4, 0.4]
