"""Five weights at once: how near the order that multileaving finds comes to the true one, search by search."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from discovery.experiments.experiment import Experiment
from lab.experiments.crowd import crowd
from lab.experiments.leaving import Drafts
from lab.experiments.trial import assigned, done
from lab.experiments.world import World
from lab.ranking.measures import Floats

SEARCHES = (300, 1000, 3000, 10_000)
"""After which orders are looked at."""
_SEARCHES_EACH = 4
"""Of a person, at least, on average: so many people are enough."""


@dataclass(frozen=True, eq=False)
class Orders:
    """Kendall's tau with the true order, `[simulations, SEARCHES]`."""

    multileaved: Floats
    tested: Floats
    """Where the same people are divided among five variants."""
    best: Floats
    """Whether multileaving put the truly best weight first."""


def orders(world: World, count: int, progress: Callable[[], None]) -> Orders:
    """Simulate, each time with another crowd."""
    truth, drafts = true_values(world), Drafts.of(world, world.recording.variants)
    multileaved, tested, best = [], [], []
    for number in range(count):
        credit, clicked = _one(world, drafts, number)
        multileaved.append([kendall(row, truth) for row in credit])
        best.append([row.argmax() == truth.argmax() for row in credit])
        tested.append([kendall(row, truth) for row in clicked])
        progress()
    return Orders(np.array(multileaved), np.array(tested), np.array(best, dtype=np.float64))


def true_values(world: World) -> Floats:
    """`[v]`: the probability of a click on a page of each weight."""
    return np.asarray(world.truth.clicked.mean(axis=(0, 1)))


def kendall(first: Floats, second: Floats) -> float:
    """Kendall's tau-a of two rankings: pairs in the same order, less those in the other, of all (Biometrika 30, 1938).

    Equals count for neither.
    """
    pairs = list(combinations(range(len(first)), 2))
    return float(sum(np.sign(first[i] - first[j]) * np.sign(second[i] - second[j]) for i, j in pairs)) / len(pairs)


def _one(world: World, drafts: Drafts, number: int) -> tuple[list[Floats], list[Floats]]:
    """`[SEARCHES, v]`: all credit, and searches clicked of all searches, after so many searches."""
    chance = np.random.default_rng([3, number])
    variants = world.recording.variants
    people = crowd(SEARCHES[-1] // _SEARCHES_EACH, len(world.recording.people), len(world.recording.queries), chance)
    everything = list(range(len(variants)))
    credit = drafts.credits(people, chance).credit
    experiment = Experiment("order", 1.0, dict.fromkeys(variants, 1 / len(variants)), f"order-{number}")
    variant = assigned(experiment, people.size)
    sums = {name: values[-1] for name, values in done(world, people, variant.astype(np.intp), chance).items()}
    heads = np.searchsorted(sums["searches"].cumsum(), SEARCHES) + 1
    return [credit[:head].sum(axis=0) for head in heads], [
        np.array([_clicked(sums, variant == place, head) for place in everything]) for head in heads
    ]


def _clicked(sums: dict[str, Floats], chosen: NDArray[np.bool_], head: int) -> float:
    searches = sums["searches"][:head][chosen[:head]].sum()
    return float(sums["searches_clicked"][:head][chosen[:head]].sum() / searches) if searches else 0.0
