"""How far the two houses agree, on judgments: the measures of each, the results they share, and what a search costs.

python -m lab.opensearch.agreement [--demo]
"""

import argparse
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from discovery.composition.search import SearchService
from discovery.opensearch.about import About
from discovery.statistics.percentiles import percentile
from lab.catalogues import bundle_of
from lab.opensearch.catalogue import Source, publication, search, searching, settings
from lab.opensearch.cost import Cost, Took, cost_of
from lab.relevance.judgments import Collection, demo, shared
from lab.relevance.measures import DEPTH, Scored, means, scored
from lab.relevance.systems import Ours
from lab.report.circumstances import measured
from lab.report.page import Part, check_page, write_page
from lab.report.table import Table
from lab.report.terminal import terminal
from local.opensearch.node import opensearch
from local.stack.processes import ROOT

PAGE, PART = ROOT / "docs" / "opensearch.md", Part("agreement", "opensearch-agreement")
Asked = Callable[[str], tuple[list[str], Cost]]
"""A query's ids, and what its search cost."""

_TOP = 10
_SHOWN = ("NDCG@10", "recall@100", "MRR", "success@1")


@dataclass(frozen=True)
class Compared:
    """A collection, as both houses answered it."""

    name: str
    bundle: Sequence[Scored]
    engine: Sequence[Scored]
    costs: Sequence[Cost]
    """Of each search in OpenSearch."""

    @property
    def overlap(self) -> float:
        """The share of the bundle's first ten that are among OpenSearch's first ten, over all queries."""
        pairs = [(set(a.found[:_TOP]), set(b.found[:_TOP])) for a, b in zip(self.bundle, self.engine, strict=True)]
        return statistics.mean(len(a & b) / max(len(a), len(b), 1) if a or b else 1.0 for a, b in pairs)


def main() -> int:
    """Run; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m lab.opensearch.agreement", description=__doc__)
    parser.add_argument("--demo", action="store_true", help="the demo judgments alone; writes nothing")
    only_demo: bool = parser.parse_args().demo
    if not only_demo:
        check_page(PAGE, [PART])
    by_source: dict[Path, list[Collection]] = {}
    for collection in [demo(), *(() if only_demo else shared())]:
        by_source.setdefault(collection.source, []).append(collection)
    table = Table(
        (
            "judgments",
            *(f"{name}, bundle · OpenSearch" for name in _SHOWN),
            *("overlap@10", "requests", "took", "on top, p50 · p99", "CPU"),
        ),
        [_row(one) for source, collections in by_source.items() for one in _compared(source, collections)],
        "The houses of retrieval, on judgments",
    )
    terminal().print(table.printed())
    if not only_demo:
        write_page(PAGE, {PART: f"{measured('make opensearch-agreement')}\n\n{table.markdown()}"})
    return 0


def _compared(origin: Path, collections: Sequence[Collection]) -> list[Compared]:
    source = Source(bundle_of(origin))
    with opensearch() as url:
        began = time.perf_counter()
        built = publication(url).build(source.contents, source.model, replicas=0)
        seconds = time.perf_counter() - began
        if built is not None:
            count = About.model_validate(built.told).count
            terminal().print(f"{origin.name}: {count} titles indexed in {seconds:.0f} s")
        ours, took = Ours(source.bundle), Took()
        with searching(settings(url, source, timeout_ms=60_000)) as service, took.listening():
            return [_of(collection, ours, lambda query: _engine(service, took, query)) for collection in collections]


def _of(collection: Collection, ours: Ours, engine: Asked) -> Compared:
    queries = [judged.query for judged in collection.queries]
    for query in queries[:20]:
        engine(query)  # compiled, and in memory
    answers = [engine(query) for query in queries]
    return Compared(
        collection.name,
        scored(collection.queries, [ours(query) for query in queries]),
        scored(collection.queries, [found for found, _ in answers]),
        [cost for _, cost in answers],
    )


def _row(one: Compared) -> list[str]:
    bundle, engine = means(one.bundle), means(one.engine)
    on_top_ms = [cost.on_top_ms for cost in one.costs]
    return [
        f"{one.name} ({len(one.bundle)})",
        *(f"{bundle[name]:.3f} · {engine[name]:.3f}" for name in _SHOWN),
        f"{one.overlap:.3f}",
        f"{statistics.mean(cost.requests for cost in one.costs):.1f}",
        f"{statistics.median(cost.took_ms for cost in one.costs):.1f} ms",
        f"{statistics.median(on_top_ms):.1f} · {percentile(on_top_ms, 0.99):.1f} ms",
        f"{statistics.median(cost.cpu_ms for cost in one.costs):.1f} ms",
    ]


def _engine(service: SearchService, took: Took, query: str) -> tuple[list[str], Cost]:
    """The first ids, and the cost of a search of the first page."""
    cost = cost_of(service, took, query)
    found = search(service, query, page_size=DEPTH)
    return [result.content.id for result in found.results], cost


if __name__ == "__main__":
    sys.exit(main())
