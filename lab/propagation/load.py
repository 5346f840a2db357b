"""A steady load while SSM is slow: who reads the policy how often, and whether any search waits for that."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from itertools import pairwise

from lab.propagation.fleet import Fleet
from lab.propagation.meter import Call
from lab.propagation.searcher import Answer

PER_SECOND = 5.0
"""Searches, over all environments."""
SSM_SECONDS = 2.0
"""What each answer of SSM is made to take: a search that waited for one would show it."""


@dataclass(frozen=True)
class Load:
    """What was seen."""

    seconds: float
    answers: dict[str, list[Answer]]
    """By environment."""
    calls: list[Call]

    @property
    def searches(self) -> list[Answer]:
        """The answers of all environments."""
        return [answer for answers in self.answers.values() for answer in answers]

    @property
    def failures(self) -> int:
        """Answers other than 200."""
        return sum(answer.status != HTTPStatus.OK for answer in self.searches)

    @property
    def calls_by_environment(self) -> dict[str, int]:
        """How many calls each made, those who made none included."""
        made = Counter(call.who for call in self.calls)
        return {name: made[name] for name in self.answers} | made

    @property
    def most_calls(self) -> int:
        """Those of the environment that made most."""
        return max(self.calls_by_environment.values())

    @property
    def longest_ms(self) -> float:
        """The longest search, from invocation to response."""
        return max(answer.ended - answer.began for answer in self.searches) * 1000

    @property
    def shortest_interval(self) -> float | None:
        """Seconds between two calls of one environment, at the least; None where none made two."""
        intervals = [
            later.began - earlier.began for name in self.answers for earlier, later in pairwise(self._calls_of(name))
        ]
        return min(intervals, default=None)

    @property
    def meanwhile(self) -> list[Answer]:
        """Searches that an environment answered while a call of its own was under way."""
        return [answer for answer, call in self._overlaps() if answer.ended < call.ended]

    @property
    def waited(self) -> list[Answer]:
        """Searches that began before a call of their environment and ended after it: they may have waited for it."""
        return [
            answer for answer, call in self._overlaps() if answer.began <= call.began and call.ended <= answer.ended
        ]

    def _calls_of(self, name: str) -> list[Call]:
        return [call for call in self.calls if call.who == name]

    def _overlaps(self) -> Iterator[tuple[Answer, Call]]:
        for name, answers in self.answers.items():
            for call in self._calls_of(name):
                yield from (
                    (answer, call) for answer in answers if answer.began < call.ended and call.began < answer.ended
                )


async def measure(fleet: Fleet, seconds: float) -> Load:
    """Search for some seconds."""
    answers: dict[str, list[Answer]] = {searcher.name: [] for searcher in fleet.searchers}
    period = len(fleet.searchers) / PER_SECOND
    before = len(fleet.meter.calls)
    fleet.meter.delay = SSM_SECONDS
    try:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds), asyncio.TaskGroup() as group:
                for searcher in fleet.searchers:
                    group.create_task(
                        searcher.keep_searching(period, lambda name, answer: answers[name].append(answer))
                    )
    finally:
        fleet.meter.delay = 0.0
    return Load(seconds, answers, fleet.meter.calls[before:])
