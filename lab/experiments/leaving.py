"""A simulated multileaved experiment: pages drafted from the recorded ones, and credit for what is clicked."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from discovery.experiments.analysis.credits import Credits
from discovery.experiments.multileaving import draft
from lab.experiments.clicks import Appeal, drawn
from lab.experiments.crowd import Crowd
from lab.experiments.recording import NOTHING
from lab.experiments.world import World
from lab.ranking.measures import Floats

DRAFTS = 24
"""Of each page. Whoever searches is shown one of them, always the same for one person and query, as in the service."""


@dataclass(frozen=True, eq=False)
class Drafts:
    """Pages that several weights drafted by the service's own code, `[p, q, DRAFTS, ranks]`."""

    weights: tuple[str, ...]
    place: NDArray[np.intp]
    """Of each result: its page in `World.flat`, and its rank there, as one number."""
    team: NDArray[np.int8]
    """Who contributed it, by place among the weights; −1 beyond the last result."""
    shares: NDArray[np.float32]
    """`[p, q, DRAFTS, ranks, weights]`: how likely each weight was to contribute it."""
    appeal: Appeal
    """`[p · q · DRAFTS, ranks]`."""

    @classmethod
    def of(cls, world: World, weights: Sequence[str]) -> "Drafts":
        """Draft the pages of everybody and every query."""
        people, queries, variants, ranks = world.recording.pages.shape
        chosen = [world.recording.variant(name) for name in weights]
        team = np.full((people * queries, DRAFTS, ranks), -1, dtype=np.int8)
        place = np.zeros(team.shape, dtype=np.intp)
        shares = np.zeros((*team.shape, len(weights)), dtype=np.float32)
        for row, page in enumerate(world.recording.pages.reshape(-1, variants, ranks)):
            rankings = {name: page[at][page[at] != NOTHING].tolist() for name, at in zip(weights, chosen, strict=True)}
            at = {name: row * variants + weight for name, weight in zip(weights, chosen, strict=True)}
            for number in range(DRAFTS):
                found = draft(rankings, f"{row}:{number}".encode())
                order, teams, choices = found.order[:ranks], found.teams[:ranks], found.choices(0, ranks)
                team[row, number, : len(order)] = [weights.index(name) for name in teams]
                shares[row, number, : len(order)] = [[one.shares.get(name, 0) for name in weights] for one in choices]
                place[row, number, : len(order)] = [
                    at[name] * ranks + rankings[name].index(result) for name, result in zip(teams, order, strict=True)
                ]
        flat = world.flat
        parts = (flat.click, flat.stop, flat.play, flat.complete)
        appeal = (np.where(team >= 0, part.ravel()[place], 0.0).reshape(-1, ranks) for part in parts)
        shape = (people, queries, DRAFTS, ranks)
        shares = shares.reshape(*shape, len(weights))
        return cls(tuple(weights), place.reshape(shape), team.reshape(shape), shares, Appeal(*appeal))

    def credits(self, everybody: Crowd, chance: np.random.Generator) -> Credits:
        """The credit that everybody gives: each click is shared by those who could have contributed the result."""
        person, page, rank = self._clicks(everybody, chance)
        shares = self.shares.reshape(-1, *self.shares.shape[3:])[page, rank]
        columns = [np.bincount(person, share, minlength=everybody.size) for share in shares.T]
        return Credits(self.weights, np.column_stack(columns))

    def team_credits(self, everybody: Crowd, chance: np.random.Generator) -> Credits:
        """The same where each click is one for whoever did contribute the result, as records without shares have it."""
        person, page, rank = self._clicks(everybody, chance)
        teams = self.team.reshape(-1, self.team.shape[3])[page, rank]
        count = len(self.weights)
        counts = np.bincount(person * count + teams, minlength=everybody.size * count)
        return Credits(self.weights, counts.reshape(everybody.size, count).astype(np.float64))

    def clicked_at_random(self, click: Floats) -> "Drafts":
        """The same pages for people who click on a rank that they examine with some probability, `[ranks]` or more."""
        pages = np.broadcast_to(click[: self.appeal.click.shape[1]], self.appeal.click.shape)
        nothing = np.zeros_like(pages)
        return replace(
            self, appeal=Appeal(np.where(self.team.reshape(pages.shape) >= 0, pages, 0), nothing, nothing, nothing)
        )

    def leanings(self, world: World, everybody: Crowd, chance: np.random.Generator) -> Floats:
        """`[n]`: how far each person's clicks speak for the second of two weights, by the ranks that both give.

        A click on a result that was shown at rank r, and that the two weights rank a and b, counts r · (1/b − 1/a): had
        it been where they rank it, it would have been examined so much more often. That is unbiased where results are
        examined as 1/rank (inverse propensities: Joachims, Swaminathan and Schnabel, "Unbiased Learning-to-Rank with
        Biased Feedback", WSDM 2017), and nowhere else: whoever clicks at random prefers a weight by it
        (`random_clicks.py`).
        """
        person, page, rank = self._clicks(everybody, chance)
        shown = world.recording.pages
        place = self.place.reshape(-1, shown.shape[3])[page, rank]
        title = shown.ravel()[place]
        by_page = shown.reshape(-1, *shown.shape[2:])[page // DRAFTS]
        a, b = (_examined(by_page[:, world.recording.variant(name)], title) for name in self.weights)
        return np.bincount(person, (b - a) * (rank + 1), minlength=everybody.size)

    def _clicks(
        self, everybody: Crowd, chance: np.random.Generator
    ) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
        """`[clicks]` each: whose, on which page of `appeal`, and at which rank from 0."""
        searches = everybody.searches
        number = (chance.integers(0, DRAFTS, everybody.size)[searches.person] + searches.query) % DRAFTS
        pages = np.ravel_multi_index((everybody.origin[searches.person], searches.query, number), self.team.shape[:3])
        clicks = drawn(self.appeal, pages, chance)
        return searches.person[clicks.search], pages[clicks.search], clicks.rank


def _examined(pages: NDArray[np.int32], titles: NDArray[np.int32]) -> Floats:
    """`[n]`: how often each title is examined at its rank on its page, `[n, ranks]`; 0 where the page lacks it."""
    ranks = np.arange(1, pages.shape[1] + 1)
    return np.asarray(((pages == titles[:, None]) / ranks).sum(axis=1))
