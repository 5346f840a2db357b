"""Measuring things against each other: one after the other within each round, in an order that changes.

What the machine does meanwhile then befalls all of them alike, and a ratio within a block cancels it. So does what each
leaves behind for the next: a process that has just run is faster than one whose caches another has filled.
"""

import gc
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np
from numpy.typing import NDArray

from discovery.statistics.percentiles import percentile, spread
from lab.environments.worker import busy_loop

Clock = Callable[[], float]


@dataclass(frozen=True)
class Contestant:
    """Something to measure: `call` is timed, `prepare` runs before it and is not."""

    name: str
    call: Callable[[], object]
    prepare: Callable[[], object] = lambda: None
    times_itself: bool = False
    """Whether `call` returns the seconds it took, as what happens in another process does."""

    def take(self, clock: Clock) -> float:
        """Prepare and call once; the seconds of the call."""
        self.prepare()
        began = clock()
        returned = self.call()
        elapsed = clock() - began
        return returned if self.times_itself and isinstance(returned, float) else elapsed


@dataclass(frozen=True)
class Samples:
    """Seconds, by contestant and block."""

    blocks: Mapping[str, Sequence[Sequence[float]]]
    busy: Sequence[float]
    """Seconds that a fixed piece of work took between the blocks."""

    def all(self, name: str) -> list[float]:
        """All of a contestant's samples, in the order taken."""
        return [seconds for block in self.blocks[name] for seconds in block]

    def p50(self, name: str) -> NDArray[np.float64]:
        """A contestant's median within each block."""
        return medians(self.blocks[name])

    def percentile(self, name: str, share: float) -> NDArray[np.float64]:
        """A contestant's percentile, as a share (0 to 1), within each block."""
        return np.array([percentile(block, share) for block in self.blocks[name]])

    @property
    def noise(self) -> float:
        """How far the machine's speed wandered: the spread of the fixed piece of work."""
        return spread(self.busy)


def medians(blocks: Sequence[Sequence[float]]) -> NDArray[np.float64]:
    """The median of each block."""
    return np.array([median(block) for block in blocks])


def balanced[T](things: Sequence[T], turn: int) -> list[T]:
    """The order of a turn: over as many turns as there are things, or twice that, each follows each equally often.

    Williams, "Experimental Designs Balanced for the Estimation of Residual Effects of Treatments", Australian Journal
    of Scientific Research A 2, 1949.
    """
    count = len(things)
    zigzag = [(place + 1) // 2 if place % 2 else -place // 2 for place in range(count)]  # 0, 1, -1, 2, -2, …
    order = [things[(step + turn) % count] for step in zigzag]
    return order[::-1] if count % 2 and turn // count % 2 else order


def interleave(
    contestants: Sequence[Contestant],
    *,
    blocks: int,
    rounds: int,
    warm_up: int = 3,
    before_block: Callable[[int], None] = lambda _: None,
    clock: Clock = time.perf_counter,
) -> Samples:
    """Measure each contestant `blocks × rounds` times; rounds to warm up are not counted."""
    taken: dict[str, list[list[float]]] = {contestant.name: [] for contestant in contestants}
    busy = []
    for block in range(blocks):
        before_block(block)
        gc.collect()  # what the blocks before left behind is not for the next to clean up
        busy.append(busy_loop(clock))
        for samples in taken.values():
            samples.append([])
        for turn in range(-warm_up, rounds):
            for contestant in balanced(contestants, turn):
                elapsed = contestant.take(clock)
                if turn >= 0:
                    taken[contestant.name][-1].append(elapsed)
    return Samples(taken, busy)
