"""The life of an experiment, by the command's own editor, as search environments see it."""

import asyncio

from discovery.policy.editor import PolicyEditor
from discovery.policy.lifecycle import Step
from tests.integration.policy.conftest import Running

DOCUMENT = '{"name": "spring", "traffic_allocation": 1, "variants": {"high_boost": 1}, "layer": "weight"}'
IN_FORCE_SECONDS = 2


async def test_every_step_is_in_force_in_every_environment_within_two_seconds(running: Running) -> None:
    steps: tuple[Step, ...] = ("start", "pause", "resume", "complete")
    async with running() as system:
        editor = PolicyEditor(lambda: system.ssm, system.prefix)
        draft = await asyncio.to_thread(editor.propose_draft, "spring", DOCUMENT)
        await asyncio.to_thread(editor.write, draft)
        seen = [await system.search_until_seen()]
        for to in steps:
            edit = await asyncio.to_thread(editor.propose_step, "spring", to)
            await asyncio.to_thread(editor.write, edit)
            async with asyncio.timeout(IN_FORCE_SECONDS):
                seen.append(await system.search_until_seen())

    names = [{block.experiment for block in blocks} for blocks in seen]
    assert names == [{None}, {"spring"}, {None}, {"spring"}, {None}]
    started, resumed = seen[1][0], seen[3][0]
    assert [one.experiment for one in started.layers] == ["spring"]
    assert started.epoch != resumed.epoch


async def test_a_draft_changes_nothing_for_anybody(running: Running) -> None:
    async with running() as system:
        before = await system.search_until_seen()
        await system.put(
            "experiments/spring", DOCUMENT.replace("}}", "}").replace('"layer"', '"status": "draft", "layer"')
        )
        after = await system.search_until_seen()

    assert {block.policy_version for block in before} == {block.policy_version for block in after}


async def test_experiments_that_overlap_leave_the_last_good_policy_in_force(running: Running) -> None:
    """Two operators at the same moment, each of whose edits was right by itself."""
    other = DOCUMENT.replace("spring", "summer").replace("high_boost", "low_boost")
    async with running() as system:
        await system.put("experiments/spring", DOCUMENT)
        good = await system.search_until_seen()
        await system.put("experiments/summer", other)
        await system.invalidation.until(handled=2)
        kept = await system.search()
        await system.delete("experiments/summer")
        mended = await system.search_until_seen()

    assert {block.experiment for block in good + kept + mended} == {"spring"}
