"""One simulated A/B test: a crowd, assigned by the service's own code, and what it did up to each day."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from discovery.experiments.analysis.people import People
from discovery.experiments.assignment import assigned_variant
from discovery.experiments.experiment import Experiment
from lab.experiments.crowd import DAYS, Crowd, Searches, crowd, cumulated
from lab.experiments.world import World
from lab.ranking.measures import Floats


@dataclass(frozen=True, eq=False)
class Trial:
    """What everybody did."""

    variants: tuple[str, ...]
    variant: NDArray[np.int32]
    """`[n]`."""
    first_day: NDArray[np.intp]
    """`[n]`."""
    sums: Mapping[str, Floats]
    """`[days, n]` each: up to and with each day."""
    before: Mapping[str, Floats]
    """`[n]` each."""

    def look(self, day: int) -> People:
        """What an analysis sees at the end of a day, from 0: those who have come."""
        come = self.first_day <= day
        sums = {name: values[day, come] for name, values in self.sums.items()}
        before = {name: values[come] for name, values in self.before.items()}
        return People(self.variants, self.variant[come], sums, before)

    def looks(self) -> Iterator[People]:
        """A look at the end of each day."""
        return map(self.look, range(len(next(iter(self.sums.values())))))


def trial(world: World, shown: Mapping[str, str], size: int, seed: Sequence[int]) -> Trial:
    """Simulate a test of variants with equal shares, each of which shows the pages of a recorded one.

    In an A/A test all variants show the same. Before the experiment everybody saw control's pages. The seed is the
    experiment's salt, too.
    """
    chance = np.random.default_rng(list(seed))
    recording = world.recording
    everybody = crowd(size, len(recording.people), len(recording.queries), chance)
    experiment = Experiment("simulated", 1.0, dict.fromkeys(shown, 1 / len(shown)), str(seed))
    variant = assigned(experiment, size)
    weights = np.array([recording.variant(name) for name in shown.values()])
    return Trial(
        tuple(shown),
        variant,
        everybody.day,
        done(world, everybody, weights[variant], chance),
        done_before(world, everybody, chance),
    )


def assigned(experiment: Experiment, size: int, *, after: int = 0) -> NDArray[np.int32]:
    """`[n]`: the variants of so many people, by place among the experiment's own; all of them take part.

    People are numbered, and `after` are those that were assigned before.
    """
    place = {name: number for number, name in enumerate(experiment.variants)}
    named = (assigned_variant(experiment, f"{number:032x}") for number in range(after, after + size))
    return np.array([place[name or ""] for name in named], dtype=np.int32)


def done(world: World, everybody: Crowd, weight: NDArray[np.intp], chance: np.random.Generator) -> dict[str, Floats]:
    """What everybody did, `[days, n]` of each sum, where `weight`, `[n]`, is what they are shown."""
    return {
        name: cumulated(value, everybody.searches, everybody.size, DAYS)
        for name, value in _values(world, everybody, everybody.searches, weight, chance).items()
    }


def done_before(world: World, everybody: Crowd, chance: np.random.Generator) -> dict[str, Floats]:
    """What everybody did in the period before, `[n]` of each sum, when all were shown control's pages."""
    control = np.zeros(everybody.size, dtype=np.intp)
    return {
        name: np.bincount(everybody.before.person, value, minlength=everybody.size)
        for name, value in _values(world, everybody, everybody.before, control, chance).items()
    }


def _values(
    world: World, everybody: Crowd, searches: Searches, weight: NDArray[np.intp], chance: np.random.Generator
) -> dict[str, Floats]:
    """`[searches]` of each sum."""
    pages = world.places(everybody.origin[searches.person], searches.query, weight[searches.person])
    clicks = world.search(pages, chance).by_search(len(pages))
    return {
        "searches": np.ones(len(pages)),
        "searches_clicked": clicks.clicked,
        "clicks": clicks.clicks,
        "plays": clicks.plays,
        "completions": clicks.completions,
        "minutes": clicks.minutes,
        "search_time_sum_ms": world.milliseconds[pages],
    }
