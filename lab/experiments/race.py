"""How many searches tell the better of two weights: by an A/B test, and by multileaving the two.

People come one after the other. Both ways are looked at each time a tenth more have come, by always-valid p-values: the
first look at which p is at most 0.05 decides, and may decide wrongly.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from discovery.experiments.analysis.comparing import compare, group
from discovery.experiments.analysis.credits import Credits
from discovery.experiments.analysis.metric import METRICS
from discovery.experiments.analysis.multileaving import preferences
from discovery.experiments.analysis.people import People
from discovery.experiments.experiment import Experiment
from lab.experiments.crowd import Crowd, crowd
from lab.experiments.leaving import Drafts
from lab.experiments.trial import assigned, done, done_before
from lab.experiments.world import World

METRIC = "click_through"
"""Of the A/B test: of the metrics, the one that clicks decide as they decide the credit."""
_BLOCK = 200
_FEWEST, _GROWTH = 20, 1.1
"""People at the first look, and by how much each later one has more."""
MOST = 200_000
"""People after whom it is given up."""
_ALPHA = 0.05


class Finish(NamedTuple):
    """How one race ended."""

    searches: int
    """So many in all; at least so many where it was given up."""
    people: int
    better: str | None
    """Which weight was found to be better; None where it was given up."""


@dataclass(frozen=True)
class Race:
    """Two weights in a world; each run of it is another simulation."""

    world: World
    pair: tuple[str, str]
    most: int = MOST

    @cached_property
    def drafts(self) -> Drafts:
        """The multileaved pages of the two."""
        return Drafts.of(self.world, self.pair)

    @property
    def better(self) -> str:
        """The weight that is truly better: of whose searches more are clicked."""
        return max(self.pair, key=lambda name: self.world.of_a_search("clicked", self.world.recording.variant(name)))

    @property
    def effect(self) -> float:
        """By how much more of the second one's searches are clicked, in proportion to the first one's."""
        first, second = (self.world.of_a_search("clicked", self.world.recording.variant(name)) for name in self.pair)
        return second / first - 1

    def by_test(self, seed: int) -> Finish:
        """Run an A/B test until it tells them apart."""
        chance = np.random.default_rng([seed, 0])
        experiment = Experiment("race", 1.0, dict.fromkeys(self.pair, 0.5), f"race-{seed}")
        weights = np.array([self.world.recording.variant(name) for name in self.pair])
        (metric,) = (metric for metric in METRICS if metric.name == METRIC)
        so_far: list[People] = []
        for first, block in self._blocks(chance):
            variant = assigned(experiment, block.size, after=first)
            sums = {name: values[-1] for name, values in done(self.world, block, weights[variant], chance).items()}
            so_far.append(People(self.pair, variant, sums, done_before(self.world, block, chance)))
            everybody = _joined(so_far)
            for count in looks_within(first, block.size):
                people = _head(everybody, count)
                groups = [group(metric, people, name) for name in self.pair]
                if groups[0] is None or groups[1] is None:
                    continue
                found = compare(metric, self.pair[1], groups[1], groups[0])
                if found.p_sequential <= _ALPHA:
                    better = self.pair[found.difference > 0]
                    return Finish(int(people.sums["searches"].sum()), count, better)
        return Finish(int(everybody.sums["searches"].sum()), len(everybody.variant), None)

    def by_multileaving(self, seed: int) -> Finish:
        """Multileave the two until it tells them apart."""
        return self._multileaved(seed, self.drafts.credits)

    def by_teams(self, seed: int) -> Finish:
        """The same where all credit of a click is the team's, whoever else would have chosen what was clicked."""
        return self._multileaved(seed, self.drafts.team_credits)

    def _multileaved(self, seed: int, credited: Callable[[Crowd, np.random.Generator], Credits]) -> Finish:
        chance = np.random.default_rng([seed, 1])
        credit, counts = np.empty((0, 2)), np.empty(0)
        for first, block in self._blocks(chance):
            credit = np.concatenate([credit, credited(block, chance).credit])
            counts = np.concatenate([counts, np.bincount(block.searches.person, minlength=block.size)])
            for count in looks_within(first, block.size):
                preferred = preferences(Credits(self.pair, credit[:count])).pairs
                if preferred and preferred[0].decided:
                    return Finish(int(counts[:count].sum()), count, preferred[0].first)
        return Finish(int(counts.sum()), len(counts), None)

    def _blocks(self, chance: np.random.Generator) -> Iterator[tuple[int, Crowd]]:
        """People in blocks, each as large as all before it, and how many came before."""
        recording = self.world.recording
        came, size = 0, _BLOCK
        while came < self.most:
            size = min(size, self.most - came)
            yield came, crowd(size, len(recording.people), len(recording.queries), chance)
            came += size
            size = came


def looks_within(first: int, size: int) -> list[int]:
    """How many people have come at each look, of those looks that a block of so many brings after the first ones."""
    found, count = [], _FEWEST
    while count <= first + size:
        if count > first:
            found.append(count)
        count = max(count + 1, int(count * _GROWTH))
    return found


def _joined(parts: Sequence[People]) -> People:
    first = parts[0]
    return People(
        first.variants,
        np.concatenate([part.variant for part in parts]),
        {name: np.concatenate([part.sums[name] for part in parts]) for name in first.sums},
        {name: np.concatenate([part.before[name] for part in parts]) for name in first.before},
    )


def _head(people: People, count: int) -> People:
    return People(
        people.variants,
        people.variant[:count],
        {name: values[:count] for name, values in people.sums.items()},
        {name: values[:count] for name, values in people.before.items()},
    )
