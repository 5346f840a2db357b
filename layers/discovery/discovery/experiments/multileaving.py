"""Team-draft multileaving: one page of several rankings, which take turns in choosing results. Pure.

Schuth, Sietsma, Whiteson, Lefortier and de Rijke, "Multileaved Comparisons for Fast Online Evaluation", CIKM 2014,
algorithm 3 (TDM), after the team draft of two rankings of Radlinski, Kurup and Joachims, "How Does Clickthrough Data
Reflect Retrieval Quality?", CIKM 2008. In each round every ranking chooses once, in an order drawn anew: the best of
its results that no other has chosen. So each has as many results in each part of the page, and a click says who was
right.

Where several rankings would have chosen the same result, the order drawn says who got it, and that is chance. So the
credit for a result is shared by how likely each of them was its chooser, given what is shown down to it. That is the
expectation of the team's credit over all drafts that look the same so far (C. R. Rao, "Information and Accuracy
Attainable in the Estimation of Statistical Parameters", 1945; Blackwell, "Conditional Expectation and Unbiased
Sequential Estimation", 1947). Whoever reads from the top has seen no more when they click, so the credit has the same
expectation as the team's, with less variance. Whoever clicks at random, on whichever ranks, gives all the same.
"""

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True)
class Choice:
    """How a result came to its place."""

    team: str
    """The ranking that chose it, by name."""
    shares: Mapping[str, float]
    """How likely each ranking was to be its chooser, by name; those that could not be are left out. They sum to 1."""


@dataclass(frozen=True)
class Draft:
    """All results in the order of their choice, and who chose each of them."""

    order: list[int]
    """The results, best first."""
    teams: list[str]
    """The ranking that chose each of them, by name."""
    rankings: Mapping[str, Sequence[int]]
    """That chose, by name."""

    def choices(self, first: int, count: int) -> tuple[Choice, ...]:
        """The choices of a page: up to `count` places from `first` on, which counts from 0."""
        names = sorted(self.rankings)
        rankings = [self.rankings[name] for name in names]
        best = [0] * len(names)
        begin = first - first % len(names) if names else first  # of the round
        taken = set(self.order[:begin])
        found: list[Choice] = []
        could: tuple[tuple[int, ...], ...] = ()
        for place in range(begin, min(first + count, len(self.order))):
            result = self.order[place]
            same = []
            for number, ranking in enumerate(rankings):
                at = best[number]
                while ranking[at] in taken:
                    at += 1
                best[number] = at
                if ranking[at] == result:
                    same.append(number)
            taken.add(result)
            could = (*could, tuple(same)) if place % len(names) else (tuple(same),)
            if place >= first:
                shares = {names[number]: share for number, share in _last_chooser(could)}
                found.append(Choice(self.teams[place], shares))
        return tuple(found)


def draft(rankings: Mapping[str, Sequence[int]], seed: bytes) -> Draft:
    """Let rankings, by name, choose in turn, until every result is chosen; the same for the same seed.

    Each ranking has the same results, each of them once. The order of `rankings` does not matter.
    """
    draw = random.Random(seed).random  # noqa: S311 - nobody gains by guessing it
    choosers = [(name, iter(rankings[name])) for name in sorted(rankings)]
    order: list[int] = []
    teams: list[str] = []
    taken: set[int] = set()
    total = max(map(len, rankings.values()), default=0)
    while len(order) < total:
        for _, name, ranking in sorted((draw(), name, ranking) for name, ranking in choosers):
            for result in ranking:
                if result not in taken:
                    taken.add(result)
                    order.append(result)
                    teams.append(name)
                    break
    return Draft(order, teams, rankings)


@lru_cache(maxsize=4096)
def _last_chooser(could: tuple[tuple[int, ...], ...]) -> tuple[tuple[int, float], ...]:
    """How likely each ranking, by number, chose last in a round so far; `could` are those who could, choice by choice.

    Kept, since five rankings that agree can choose in 120 orders, and agree in most rounds.
    """
    ways = Counter({frozenset[int](): 1})  # to have chosen, by who has: each order of a round is as likely
    likely: dict[int, int] = {}
    for choosers in could:
        after: Counter[frozenset[int]] = Counter()
        likely = dict.fromkeys(choosers, 0)
        for chosen, count in ways.items():
            for one in choosers:
                if one not in chosen:
                    after[chosen | {one}] += count
                    likely[one] += count
        ways = after
    total = sum(likely.values())
    return tuple((number, count / total) for number, count in likely.items() if count)
