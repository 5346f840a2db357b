"""Edits while every environment searches: how long until all of them answer with the new policy."""

import asyncio
import contextlib
import random
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from http import HTTPStatus

from discovery.policy.snapshot import SNAPSHOT_SHARE
from lab.propagation.fleet import Fleet
from lab.propagation.searcher import Answer

PERIOD = 0.1
"""Seconds from one search of an environment to its next: what an edit waits for at the most, once it is shared."""
PHASES = {"right after a reading": 0.0, "half-way to the next": 0.5, "just before the next": 0.95}
"""When an edit is made whose event is lost, as a share of the snapshot's life."""
_PATIENCE = 3
"""Times the oldest that a policy may be, after which an edit is taken for lost itself."""


@dataclass
class Edits:
    """What was seen; all times in seconds from the API's answer to the last environment's first new answer."""

    delivered: list[float] = field(default_factory=list)
    lost: dict[str, float] = field(default_factory=dict)
    """By the moment of the edit."""
    searches: int = 0
    failures: int = 0
    """Answers other than 200."""
    relapses: int = 0
    """Answers with an older policy by an environment that had answered with the new one."""


class Watch:
    """Hears every answer; knows which environments have answered with the policy that is expected."""

    def __init__(self, environments: int, found: Edits) -> None:
        self._environments = environments
        self._found = found
        self._expected = ""
        self._seen: set[str] = set()
        self._all = asyncio.Event()
        self._at = 0.0

    def expect(self, version: str) -> None:
        """Wait for another policy from now on."""
        self._expected = version
        self._seen.clear()
        self._all.clear()

    async def seen_by_all(self, patience: float) -> float:
        """When the last environment answered with it for the first time, on `time.perf_counter`.

        Raises:
            TimeoutError: some did not within `patience` seconds.
        """
        async with asyncio.timeout(patience):
            await self._all.wait()
        return self._at

    def hear(self, environment: str, answer: Answer) -> None:
        """Take note of an answer."""
        self._found.searches += 1
        self._found.failures += answer.status != HTTPStatus.OK
        if answer.policy_version != self._expected:
            self._found.relapses += environment in self._seen
        elif answer.personalized and environment not in self._seen:
            self._seen.add(environment)
            if len(self._seen) == self._environments:
                self._at = answer.ended
                self._all.set()


async def measure(fleet: Fleet, edits: int) -> Edits:
    """Make edits whose events arrive, one after the other, and then those whose events are lost."""
    found = Edits()
    weights = (f"{0.3 + number / 10_000:.4f}" for number in range(5_000))  # each edit makes a policy of its own
    async with _searching(fleet, found) as watch:
        for _ in range(edits):
            found.delivered.append(await _edit(fleet, watch, next(weights)))
            await asyncio.sleep(random.uniform(0, 2 * PERIOD))  # noqa: S311 - a schedule, not a secret
        for name, phase in PHASES.items():
            found.lost[name] = await _lose(fleet, watch, weights, phase)
    return found


async def _edit(fleet: Fleet, watch: Watch, weight: str) -> float:
    watch.expect(await fleet.editor.version_with(weight))
    returned = await fleet.editor.edit(weight)
    # An environment may have seen it before the API's answer had come all the way back.
    return max(0.0, await watch.seen_by_all(_PATIENCE * fleet.max_age) - returned)


async def _lose(fleet: Fleet, watch: Watch, weights: Iterator[str], phase: float) -> float:
    """An edit whose event is lost, at a moment in the life of a snapshot that another edit has just made."""
    weight = next(weights)
    watch.expect(await fleet.editor.version_with(weight))
    fleet.post.delivered.clear()
    await fleet.editor.edit(weight)
    await fleet.post.delivered.wait()
    edit_at = time.perf_counter() + phase * SNAPSHOT_SHARE * fleet.max_age
    fleet.post.delivers = False
    try:
        await asyncio.sleep(max(0.0, edit_at - time.perf_counter()))
        return await _edit(fleet, watch, next(weights))
    finally:
        fleet.post.delivers = True


@contextlib.asynccontextmanager
async def _searching(fleet: Fleet, found: Edits) -> AsyncIterator[Watch]:
    """Search in every environment, over and over, until the block ends."""
    watch = Watch(len(fleet.searchers), found)
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(searcher.keep_searching(PERIOD, watch.hear)) for searcher in fleet.searchers]
        yield watch
        for task in tasks:
            task.cancel()
