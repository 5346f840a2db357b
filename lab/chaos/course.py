"""A run: the phases in order, each a load that a fault strikes in its middle, and the recovery from it."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from lab.chaos.answer import judged
from lab.chaos.arrivals import arrivals
from lab.chaos.load import keep_to
from lab.chaos.phase import Phase
from lab.chaos.spell import Seen, Spell
from lab.chaos.stack import Stack

PER_SECOND = 20.0
"""Searches, over all environments."""
_MAX_AGE_SHARE = 0.4
"""A policy's life as a share of a phase, so that Parameter Store is needed within each."""


@dataclass(frozen=True)
class Course:
    """How long the spells are, in seconds."""

    seconds: float
    """Each phase, and each healthy spell before one."""
    long_seconds: float
    """The phase that lasts long."""

    @property
    def max_age_sec(self) -> float:
        """How old a policy may grow."""
        return self.seconds * _MAX_AGE_SHARE

    def lasts(self, phase: Phase) -> float:
        """How long a phase lasts."""
        return self.long_seconds if phase.is_long else self.seconds


async def play(course: Course, phases: Sequence[Phase], stack: Stack) -> AsyncIterator[Seen]:
    """Play the phases, and tell of each when it is over.

    Raises:
        ProcessFailed: a server does not start again.
        RuntimeError: searches are not well to begin with, so that a phase would show nothing.
    """
    chance = random.Random(1)  # noqa: S311 - a schedule, not a secret
    if await stack.well_again() is None:
        raise RuntimeError("searches are not wholly personalized even before the first phase; see the logs")
    for phase in phases:
        yield await _play(course, phase, stack, chance)


async def _play(course: Course, phase: Phase, stack: Stack, chance: random.Random) -> Seen:
    strikes_at, lasts = course.seconds, course.lasts(phase)
    schedule = stack.crowd.searches(arrivals(PER_SECOND, strikes_at + lasts, chance))
    async with asyncio.TaskGroup() as group:
        load = group.create_task(keep_to(schedule, stack.session, stack.url))
        await asyncio.sleep(strikes_at)
        await _strike(phase, stack, lasts)
    answers = [judged(reply) for reply in load.result()]
    await stack.heal()
    return Seen(
        phase=phase,
        before=Spell([answer for answer in answers if answer.due < strikes_at]),
        during=Spell([answer for answer in answers if answer.due >= strikes_at]),
        struck_at=strikes_at,
        kills=len(phase.kills),
        recovery=await stack.well_again(),
    )


async def _strike(phase: Phase, stack: Stack, seconds: float) -> None:
    began = time.perf_counter()
    for server in phase.servers:
        stack.servers[server].strike(phase.way)
    for kill in phase.kills:
        await asyncio.sleep(max(0.0, began + kill * seconds - time.perf_counter()))
        await stack.kill_environment()
