"""Where the time of a search goes: what each strategy takes of it, and which queries take longest."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from discovery.retrieval.bundle.selection import Selected
from discovery.retrieval.bundle.strategies import Strategy
from discovery.retrieval.ranking import Ranking
from discovery.retrieval.understanding.query import ParsedQuery
from lab.relevance.systems import Ours
from lab.report.result import MILLISECONDS

_SLOWEST = 15
_LONGEST_SHOWN = 40


@dataclass(frozen=True)
class Taken:
    """What a query took, in milliseconds."""

    query: str
    found: int
    total: float
    strategies: dict[str, float]


@dataclass
class Meter:
    """How long each strategy takes in the search that is going on, in milliseconds."""

    taken: dict[str, float] = field(default_factory=dict)

    def metered(self, name: str, strategy: Strategy) -> Strategy:
        """The strategy, and its time noted."""
        self.taken[name] = 0.0

        def timed(query: ParsedQuery, selected: Selected) -> Ranking:
            began = time.perf_counter()
            ranking = strategy(query, selected)
            self.taken[name] += (time.perf_counter() - began) * MILLISECONDS  # a query may be searched twice
            return ranking

        return timed

    def take(self, ours: Ours, query: str) -> Taken:
        """Search once."""
        self.taken = dict.fromkeys(self.taken, 0.0)
        found = ours.find(query)
        return Taken(query, len(found), ours.milliseconds[-1], dict(self.taken))

    @property
    def header(self) -> list[str]:
        """Of the table of the slowest queries."""
        return ["the slowest queries, ms", "found", "all", *self.taken, "the rest"]

    def row(self, one: Taken) -> list[str]:
        """A query's."""
        parts = [*one.strategies.values(), one.total - sum(one.strategies.values())]
        short = one.query if len(one.query) <= _LONGEST_SHOWN else f"{one.query[:_LONGEST_SHOWN]}…"
        return [short, f"{one.found:,}", f"{one.total:.1f}", *(f"{part:.2f}" for part in parts)]


def slowest(ours: Ours, meter: Meter, queries: Sequence[str], repeats: int) -> list[Taken]:
    """The queries that take longest even at their best of some repeats, the longest first."""
    runs = [[meter.take(ours, query) for query in queries] for _ in range(repeats)]
    best = [min(takes, key=lambda one: one.total) for takes in zip(*runs, strict=True)]
    return sorted(best, key=lambda one: -one.total)[:_SLOWEST]
