"""People who click at random: whichever way of giving credit calls a weight better by their clicks is biased.

They choose by rank and never by title, so they prefer nobody. Looks are as in a race.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from discovery.experiments.analysis.credits import Credits
from discovery.experiments.analysis.multileaving import TUNED_FOR, preferences
from discovery.statistics.sample import sample_mean
from discovery.statistics.sequences import ALPHA, always_valid_p
from lab.experiments.crowd import crowd
from lab.experiments.leaving import Drafts
from lab.experiments.race import looks_within
from lab.experiments.recording import PAGE_SIZE
from lab.experiments.world import World
from lab.ranking.measures import Floats

PEOPLE = 3000
"""Of an experiment."""
_RANKS = np.arange(1, PAGE_SIZE + 1)
HABITS: Mapping[str, Floats] = MappingProxyType(
    {
        "rank r as 1/r": np.full(PAGE_SIZE, 0.15),
        "all ranks alike": np.multiply(0.02, _RANKS, dtype=np.float64),
        "the first three": np.where(_RANKS <= 3, 0.3, 0.0),  # noqa: PLR2004 - it says so
    }
)
"""What is clicked: the probability at each rank once it is examined, which rank r is with probability 1/r."""
WAYS = ("by shares", "by teams", "by ranks")
_ENOUGH = 100
"""People; with fewer, means of credits by rank are not nearly normal."""


@dataclass(frozen=True, eq=False)
class RandomClicks:
    """By habit: whether each way called either weight better at any look, `[experiments, WAYS]`."""

    decided: Mapping[str, Floats]


def random_clicks(
    world: World, pairs: Sequence[tuple[str, str]], count: int, progress: Callable[[], None]
) -> RandomClicks:
    """Simulate so many experiments of each habit and each pair of weights."""
    drafts = [Drafts.of(world, pair) for pair in pairs]
    found: dict[str, list[list[bool]]] = {habit: [] for habit in HABITS}
    for number in range(count):
        for habit, click in HABITS.items():
            for place, pages in enumerate(drafts):
                found[habit].append(_decided(world, pages.clicked_at_random(click), (4, number, place)))
        progress()
    return RandomClicks({habit: np.array(rows, dtype=np.float64) for habit, rows in found.items()})


def _decided(world: World, drafts: Drafts, seed: tuple[int, ...]) -> list[bool]:
    """Whether each way decides at any look; all see the same clicks."""
    recording = world.recording
    everybody = crowd(PEOPLE, len(recording.people), len(recording.queries), np.random.default_rng(seed))
    credits_ = [way(everybody, np.random.default_rng([*seed, 1])) for way in (drafts.credits, drafts.team_credits)]
    leanings = drafts.leanings(world, everybody, np.random.default_rng([*seed, 1]))
    looks = looks_within(0, PEOPLE)
    decided = [any(_preferred(Credits(one.variants, one.credit[:look])) for look in looks) for one in credits_]
    return [*decided, any(_leaning(leanings[:look]) for look in looks)]


def _preferred(credits_: Credits) -> bool:
    return any(pair.decided for pair in preferences(credits_).pairs)


def _leaning(leanings: Floats) -> bool:
    found = sample_mean(leanings)
    if len(leanings) < _ENOUGH or found.variance == 0:
        return False
    return always_valid_p(found.value / math.sqrt(found.variance), len(leanings), tuned_for=TUNED_FOR) <= ALPHA
