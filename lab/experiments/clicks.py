"""A click model: which results of a page are examined, clicked, played and watched to the end.

A person reads from the top. They go on from rank r to r + 1 with probability (r / (r + 1))^η, so that somebody whom
nothing attracts examines rank r with probability r^−η, a power law of position. An examined result is clicked with its
attractiveness; whoever clicked is satisfied with a probability of that title's, and then stops: a cascade that may go
on after a click.

The cascade is that of Craswell, Zoeter, Taylor and Ramsey, "An Experimental Comparison of Click Position-Bias Models",
WSDM 2008. Satisfaction is that of Chapelle and Zhang, "A Dynamic Bayesian Network Click Model for Web Search Ranking",
WWW 2009. Both, and examination by position, are in Chuklin, Markov and de Rijke, "Click Models for Web Search", 2015,
chapter 3.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lab.ranking.measures import Floats

ETA = 1.0
"""Position bias of those whom nothing attracts: Joachims et al., "Unbiased Learning-to-Rank", WSDM 2017, use 1."""
MINUTES_WHOLE, MINUTES_PART = 105.0, 20.0
"""Of a film watched to the end, and of one left: whole numbers of them, since what is tested is the statistics."""


@dataclass(frozen=True, eq=False)
class Appeal:
    """What each result of each page is to who sees it; arrays of any one shape `[..., ranks]`, probabilities."""

    click: Floats
    """Once examined; 0 where there is no result."""
    stop: Floats
    """Once clicked."""
    play: Floats
    """Once clicked."""
    complete: Floats
    """Once played."""

    def flat(self) -> "Appeal":
        """All pages in one row: `[pages, ranks]`."""
        ranks = self.click.shape[-1]
        return Appeal(*(values.reshape(-1, ranks) for values in (self.click, self.stop, self.play, self.complete)))


@dataclass(frozen=True, eq=False)
class Clicks:
    """What came of some pages, or is to be expected; numbers a page, shaped as the pages without their ranks."""

    clicked: Floats
    """Whether there was a click; expected: its probability."""
    clicks: Floats
    plays: Floats
    completions: Floats

    @property
    def minutes(self) -> Floats:
        """Watched."""
        return MINUTES_WHOLE * self.completions + MINUTES_PART * (self.plays - self.completions)


def goes_on(ranks: int) -> Floats:
    """`[ranks]`: the probability of going on to the next rank, unless satisfied."""
    rank = np.arange(1, ranks + 1)
    return (rank / (rank + 1.0)) ** ETA


def expected(appeal: Appeal) -> Clicks:
    """The exact expectation, summed rank by rank over whether a result is examined, and whether before any click."""
    on = goes_on(appeal.click.shape[-1])
    shape = appeal.click.shape[:-1]
    examined, unclicked = np.ones(shape), np.ones(shape)
    sums = np.zeros((4, *shape))
    for rank, onward in enumerate(on):
        click = appeal.click[..., rank]
        clicks = examined * click
        plays = clicks * appeal.play[..., rank]
        sums += np.stack([unclicked * click, clicks, plays, plays * appeal.complete[..., rank]])
        examined = examined * (1 - click * appeal.stop[..., rank]) * onward
        unclicked = unclicked * (1 - click) * onward
    return Clicks(*sums)


@dataclass(frozen=True, eq=False)
class Clicked:
    """Every click that was drawn, in no particular order: `[clicks]` each."""

    search: NDArray[np.intp]
    rank: NDArray[np.intp]
    """From 0."""
    played: NDArray[np.bool_]
    completed: NDArray[np.bool_]

    def by_search(self, searches: int) -> Clicks:
        """Counted."""
        clicks, plays, completions = (
            np.bincount(self.search, weights, minlength=searches).astype(np.float64)
            for weights in (None, self.played, self.completed)
        )
        return Clicks((clicks > 0).astype(np.float64), clicks, plays, completions)


def drawn(appeal: Appeal, pages: NDArray[np.intp], chance: np.random.Generator) -> Clicked:
    """What is clicked in searches that show some of the pages of `appeal`, `[pages, ranks]`, by their places."""
    reading = np.arange(len(pages))
    found = []
    for rank, onward in enumerate(goes_on(appeal.click.shape[-1])):
        one = chance.random((2, len(reading)), dtype=np.float32)
        hit = np.flatnonzero(one[0] < appeal.click[pages[reading], rank])
        search, page = reading[hit], pages[reading[hit]]
        three = chance.random((3, len(hit)), dtype=np.float32)
        played = three[0] < appeal.play[page, rank]
        completed = played & (three[1] < appeal.complete[page, rank])
        found.append(Clicked(search, np.full(len(hit), rank), played, completed))
        leaves = one[1] >= onward
        leaves[hit] |= three[2] < appeal.stop[page, rank]
        reading = reading[~leaves]
    fields = ("search", "rank", "played", "completed")
    return Clicked(**{field: np.concatenate([getattr(one, field) for one in found]) for field in fields})
