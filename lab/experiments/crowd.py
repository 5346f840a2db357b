"""A crowd: people drawn from the recorded ones, when they come, how often they search, and for what."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lab.ranking.measures import Floats

DAYS = 28
"""Of an experiment, and of the period before it."""
SEARCHES_A_DAY = 0.25
"""On average, once somebody has come; one by one as exponential: few search often."""
KNOWN_BEFORE = 0.7
"""Of the people: those who searched in the period before, too."""


@dataclass(frozen=True, eq=False)
class Searches:
    """`[searches]`: whose each is, on which day (from 0), and for which query."""

    person: NDArray[np.intp]
    """Place in the crowd."""
    day: NDArray[np.intp]
    query: NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Crowd:
    """Everybody who comes, `[n]`."""

    origin: NDArray[np.intp]
    """Whom of the recorded people each is like."""
    day: NDArray[np.intp]
    """Of the first search."""
    searches: Searches
    """Of the experiment."""
    before: Searches
    """Of the period before it; its days count from its own beginning."""

    @property
    def size(self) -> int:
        """How many."""
        return len(self.origin)


def crowd(size: int, origins: int, queries: int, chance: np.random.Generator, *, days: int = DAYS) -> Crowd:
    """Draw a crowd: somebody's first search is on a day like any other, and others follow at their own rate."""
    day = chance.integers(0, days, size)
    rate = chance.exponential(SEARCHES_A_DAY, size)
    counts = chance.poisson(rate[:, None], (size, days)) * (np.arange(days) > day[:, None])
    counts[np.arange(size), day] += 1
    known = chance.random(size) < KNOWN_BEFORE
    earlier = chance.poisson(rate * days) * known
    return Crowd(
        origin=chance.integers(0, origins, size),
        day=day,
        searches=_searches(counts, queries, chance),
        before=_searches(earlier[:, None], queries, chance),
    )


def mean_searches(day: int) -> float:
    """What is to be expected, up to and with a day, of the searches of one of those who have come by then.

    The first, and those of the days after it, of which there are `day` / 2 on average.
    """
    return 1 + SEARCHES_A_DAY * day / 2


def _searches(counts: NDArray[np.int64], queries: int, chance: np.random.Generator) -> Searches:
    """Of `[people, days]` counts."""
    person, day = (places.repeat(counts[counts > 0]) for places in np.nonzero(counts))
    return Searches(person, day, chance.integers(0, queries, len(person)))


def cumulated(values: Floats, searches: Searches, size: int, days: int) -> Floats:
    """`[days, size]`: the sum of each person's values up to and with each day."""
    cells = np.bincount(searches.day * size + searches.person, values, minlength=days * size)
    return cells.reshape(days, size).cumsum(axis=0)
