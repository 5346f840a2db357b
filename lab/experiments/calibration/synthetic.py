"""Synthetic people: they arrive over days, some do ten times as much as others, and what they do adds up.

How much somebody does in a day is their own rate: lognormal, so that a few do most (heavy tail). What they do that day
is Poisson around it, so that counts are over-dispersed. The period before the experiment has the same rates, so that it
says something; of those who arrive for the first time nothing is known.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from discovery.experiments.analysis.people import Floats, People

DAYS = 28
VARIANTS = ("control", "treatment")
MEANT = {"control": 0.5, "treatment": 0.5}
_BEFORE = 14.0
"""Days of the period before."""
_NEWCOMERS = 0.3
_SPREAD = 1.0
"""Of the logarithm of the rates: the busiest hundredth do ten times as much as the median."""
_DRIFT = 0.5
"""Spread of the logarithm by which each rate has changed since the period before."""


@dataclass(frozen=True)
class World:
    """What is true."""

    people: int = 2000
    """Who arrive within the days, most of them early."""
    plays: float = 0.0
    """True relative effect on plays: 0.1 is +10 %."""
    clicks: float = 0.0
    """True relative effect on click-through."""


@dataclass(frozen=True, eq=False)
class _Crowd:
    variant: Floats
    arrival: Floats
    rate: Floats
    """Searches a day."""
    liking: Floats
    """Click-through of each."""
    before: dict[str, Floats]


def days_of(world: World, chance: Generator, *, looks: tuple[int, ...] = tuple(range(1, DAYS + 1))) -> Iterator[People]:
    """Who had arrived by the end of each of these days, with what they had done by then."""
    crowd = _crowd(world, chance)
    treated = crowd.variant == 1
    liking = np.clip(crowd.liking * (1 + world.clicks * treated), 0, 1)
    playing = 0.5 * (1 + world.plays * treated)
    sums: dict[str, Floats] = {}
    since = 0
    for look in looks:
        active = np.clip(look - np.maximum(crowd.arrival, since), 0, None)
        done = _done(crowd.rate, active, liking, playing, chance)
        done["searches"] += (crowd.arrival >= since) & (crowd.arrival < look)  # the one that they arrived with
        sums = {name: sums.get(name, 0.0) + column for name, column in done.items()}
        here = crowd.arrival < look
        yield People(
            VARIANTS,
            crowd.variant[here].astype(np.int32),
            {name: column[here] for name, column in sums.items()},
            {name: column[here] for name, column in crowd.before.items()},
        )
        since = look


def final(world: World, chance: Generator) -> People:
    """Everybody, after the last day."""
    (everybody,) = days_of(world, chance, looks=(DAYS,))
    return everybody


def _crowd(world: World, chance: Generator) -> _Crowd:
    people = world.people
    earlier = 0.4 * chance.lognormal(0.0, _SPREAD, people)
    rate = earlier * chance.lognormal(0.0, _DRIFT, people)
    liking = chance.beta(4, 6, people)
    known = chance.random(people) >= _NEWCOMERS
    before = _done(earlier, (_BEFORE * known).astype(np.float64), liking, np.full(people, 0.5), chance)
    # The busier come back sooner, and newcomers at any time.
    arrival = np.where(known, np.minimum(chance.exponential(1 / rate), DAYS - 0.01), chance.uniform(0, DAYS, people))
    return _Crowd(chance.integers(0, 2, people).astype(float), arrival, rate, liking, before)


def _done(rate: Floats, days: Floats, liking: Floats, playing: Floats, chance: Generator) -> dict[str, Floats]:
    searches = chance.poisson(rate * days)
    plays = chance.poisson(rate * days * playing)
    counts = {
        "searches": searches,
        "searches_clicked": chance.binomial(searches, liking),
        "plays": plays,
        "completions": chance.binomial(plays, 0.5),
        "list_adds": chance.binomial(searches, 0.1),
        "zero_results": chance.binomial(searches, 0.03),
        "failed": chance.binomial(searches, 0.002),
        "slow": chance.binomial(searches, 0.01),
    }
    sums = {name: count.astype(float) for name, count in counts.items()}
    sums["minutes"] = chance.gamma(plays, 40.0)
    sums["search_time_sum_ms"] = chance.gamma(searches * 4.0, 5.0)
    return sums
