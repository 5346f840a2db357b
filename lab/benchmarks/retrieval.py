"""Phases 1 to 3 of a search against Tantivy's own: the same index, the same queries, in turns.

The queries are all that are judged, and misspelled titles of the catalogue (`lab.relevance.typos`). Tantivy's own
search is as short as it can be written: the query's words over title and overview, any of which is enough, and of the
texts found the best hundred.
"""

import contextlib
import itertools
import random
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from discovery.catalogue import keyword_index as fields
from discovery.catalogue.keyword_index import KeywordIndex
from discovery.lifecycle import exempt_from_collection
from discovery.retrieval.query_syntax import plain_words
from lab.benchmarks.meter import Meter, slowest
from lab.benchmarks.plan import Plan
from lab.catalogues import described
from lab.relevance.judgments import demo, shared
from lab.relevance.measures import DEPTH
from lab.relevance.systems import Ours
from lab.relevance.typos import typos
from lab.report.result import MILLISECONDS, Comparison, Figure, Result
from lab.statistics.interleaving import Contestant, Samples, interleave

TITLE = "Phases 1 to 3, in process"
OURS, BARE = "understand, retrieve and score", "Tantivy's bare search"
TARGETS = {"median": (0.5, 3.0), "99th percentile": (0.99, 6.0)}
"""The share of searches that take less, and milliseconds of phases 1 to 3."""


class Side:
    """A way to search, and the queries of a block in their order."""

    def __init__(self, search: Callable[[str], object]) -> None:
        self._search = search
        self._asked: Iterator[str] = iter(())
        self._query = ""

    def begin(self, queries: Sequence[str]) -> None:
        """Ask these from now on, over and over."""
        self._asked = itertools.cycle(queries)

    def advance(self) -> None:
        """Go to the next query."""
        self._query = next(self._asked)

    def __call__(self) -> None:
        """Search."""
        self._search(self._query)


def run(plan: Plan) -> list[Result]:
    """Measure on every catalogue."""
    return [_measure(plan, bundle) for bundle in plan.bundles]


def _measure(plan: Plan, bundle: Path) -> Result:
    meter = Meter()
    with contextlib.closing(Ours(bundle, wrapped=meter.metered)) as ours:
        exempt_from_collection()  # as in Lambda
        return _raced(plan, described(bundle), ours, meter, _queries(bundle, ours))


def _raced(plan: Plan, catalogue: str, ours: Ours, meter: Meter, queries: Sequence[str]) -> Result:
    rounds = plan.times(400, 40)
    sides = {OURS: Side(ours.find), BARE: Side(_bare(ours.catalogue.keyword))}

    def begin(block: int) -> None:
        asked = random.Random(block).sample(queries, min(rounds, len(queries)))  # noqa: S311 - guards nothing
        for side in sides.values():
            side.begin(asked)

    samples = interleave(
        [Contestant(name, side, prepare=side.advance) for name, side in sides.items()],
        blocks=plan.times(24, 4),
        rounds=rounds,
        before_block=begin,
    )
    slow = slowest(ours, meter, queries, repeats=plan.times(5, 1))
    return _result(samples, catalogue, len(queries), [meter.header, *map(meter.row, slow)])


def _queries(bundle: Path, ours: Ours) -> list[str]:
    """Each once: what a query is judged by does not matter here, so every catalogue is asked them all."""
    collections = [demo(), *shared(), typos("", bundle, ours.catalogue)]
    return list(dict.fromkeys(judged.query for collection in collections for judged in collection.queries))


def _bare(keyword: KeywordIndex) -> Callable[[str], object]:
    def search(query: str) -> object:
        parsed = keyword.index.parse_query(plain_words(query), [fields.TITLE, fields.OVERVIEW])
        return keyword.searcher.search(parsed, DEPTH).hits

    return search


def _result(samples: Samples, catalogue: str, queries: int, slow: Sequence[Sequence[str]]) -> Result:
    def compared(name: str, share: float, target: float) -> list[Comparison]:
        ours, bare = (samples.percentile(side, share) for side in (OURS, BARE))
        return [
            Comparison.of(f"{name}, ours", ours * MILLISECONDS, unit="ms", target=target),
            Comparison.of(f"{name}, ours ÷ Tantivy's", ours / bare),
        ]

    return Result(
        benchmark="retrieval",
        title=TITLE,
        catalogue=catalogue,
        figures=[Figure.of(name, samples.all(name)) for name in (OURS, BARE)],
        comparisons=[one for name, (share, target) in TARGETS.items() for one in compared(name, share, target)],
        noise=samples.noise,
        notes=[
            f"{queries:,} queries: all that are judged, and misspelled titles. In each block both sides ask the same.",
            "Tantivy's bare search takes the query's words over title and overview, and gives the best hundred.",
            "A slow query's time is the best of several; the rest of it is understanding and scoring.",
        ],
        grid=slow,
    )
