"""How building, opening and searching grow with the catalogue: synthetic ones, an environment for each, in turn."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from discovery.catalogue.build.builder import build_bundle
from discovery.catalogue.build.pretrained import load_pretrained
from discovery.composition import SearchService
from discovery.retrieval.bundle import keyword
from discovery.retrieval.bundle.selection import Selection
from discovery.settings import CatalogueSettings, Settings
from discovery.statistics.percentiles import spread
from lab.bench import synthetic
from lab.bench.catalogues import size_of
from lab.bench.environments import Environment, Probe, in_a_process, running
from lab.bench.interleaving import busy_loop
from lab.bench.plan import Plan
from lab.bench.result import MILLISECONDS, Comparison, Figure, Result, amount
from lab.bench.searches import Event, search_event
from lab.bench.statistics import over_blocks

TITLE = "Growth: synthetic catalogues"
VECTORS, KEYWORDS = "all cosines", "keyword retrieval"
_HEADER = [
    "titles",
    "build",
    "peak memory of it",
    "bundle",
    "open",
    "peak memory of searching",
    VECTORS,
    KEYWORDS,
]
_MB = 1e6
_LAMBDA_UNZIPPED = 250 * 1024 * 1024
"""Bytes of a function and its layers, unzipped ("Lambda quotas")."""
_DEPENDENCIES = 115 * 1024 * 1024
"""What the layer of dependencies takes of that."""
_QUERIES = 20


@dataclass
class _Size:
    """A catalogue and what was measured of it."""

    count: int
    build_seconds: float
    build_memory: float
    """Peak, bytes."""
    bundle_bytes: int
    environment: Environment
    open_seconds: list[float] = field(default_factory=list)
    search_memory: float = 0.0
    blocks: list[list[float]] = field(default_factory=list)
    """Seconds of each search, by block."""
    probes: dict[str, list[float]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """For tables."""
        return f"{self.count:,} titles"

    @property
    def searches(self) -> list[float]:
        """Seconds of all searches."""
        return [seconds for block in self.blocks for seconds in block]

    def p50(self, block: int) -> float:
        """Of a search within a block, in seconds."""
        return median(self.blocks[block])


def run(plan: Plan) -> list[Result]:
    """Build every size, then search them in turn."""
    sizes = [_built(count, plan.scratch / f"synthetic-{count}") for count in plan.sizes]
    for _ in range(plan.times(4, 1)):
        for size in sizes:
            with running([size.environment]) as opened:
                size.open_seconds.append(opened[0].seconds)
    busy = []
    with running([size.environment for size in sizes]) as opened:
        for size, said in zip(sizes, opened, strict=True):
            size.open_seconds.append(said.seconds)
            size.environment.ask("searches", _QUERIES)
        for block in range(plan.times(12, 2)):
            busy.append(busy_loop())
            for size in sizes if block % 2 == 0 else reversed(sizes):
                _search(size, plan.times(2, 1) * _QUERIES)
    return [_result(sizes, busy)]


def build(count: int, out: Path) -> float:
    """Build a bundle; the seconds that took, without making the titles up. Runs in a process of its own."""
    contents = list(synthetic.contents(count))
    began = time.perf_counter()
    build_bundle(contents, load_pretrained(), out)
    return time.perf_counter() - began


def probes(service: SearchService, events: Sequence[Event]) -> Mapping[str, Probe]:
    """The two strategies on their own. Runs in the environment."""
    catalogue, retrieval = service.catalogue, service.settings.retrieval
    query = events[0]["queryStringParameters"]["query"]
    vector = catalogue.model.embed([query])[0]
    return {
        VECTORS: lambda: catalogue.codes.cosines(vector),
        KEYWORDS: lambda: keyword.retrieve(
            catalogue.keyword, query, Selection(), depth=retrieval.depth, title_boost=retrieval.title_boost
        ),
    }


def _built(count: int, out: Path) -> _Size:
    seconds, memory = in_a_process(build, count, out)
    events = [search_event(query) for query in synthetic.queries(_QUERIES)]
    settings = Settings(stage="bench", catalogue=CatalogueSettings(path=out))
    return _Size(count, seconds, memory, size_of(out), Environment(settings, events, probes))


def _search(size: _Size, searches: int) -> None:
    size.blocks.append(size.environment.ask("searches", searches))
    for name, taken in size.environment.ask("probe", 5).items():
        size.probes.setdefault(name, []).extend(taken)
    size.search_memory = size.environment.ask("memory")


def _result(sizes: Sequence[_Size], busy: Sequence[float]) -> Result:
    smallest = sizes[0]
    return Result(
        benchmark="growth",
        title=TITLE,
        catalogue="",
        figures=[Figure.of(f"anonymous search, {size.name}", size.searches) for size in sizes],
        comparisons=[
            Comparison.of(
                f"search in {size.name} ÷ in {smallest.name}",
                over_blocks(lambda block, size=size: size.p50(block) / smallest.p50(block), len(busy)),  # type: ignore[misc]
            )
            for size in sizes[1:]
        ],
        noise=spread(busy),
        notes=_limits(sizes),
        grid=[_HEADER, *(_row(size) for size in sizes)],
        series={
            "sizes": [size.count for size in sizes],
            "build_s": [size.build_seconds for size in sizes],
            "open_ms": [median(size.open_seconds) * MILLISECONDS for size in sizes],
            "bundle_mb": [size.bundle_bytes / _MB for size in sizes],
            "memory_mb": [size.search_memory / _MB for size in sizes],
            "search_ms": [median(size.searches) * MILLISECONDS for size in sizes],
        },
    )


def _row(size: _Size) -> list[str]:
    strategies = (median(size.probes[name]) * MILLISECONDS for name in (VECTORS, KEYWORDS))
    return [
        f"{size.count:,}",
        amount(size.build_seconds, "s"),
        amount(size.build_memory / _MB, "MB"),
        amount(size.bundle_bytes / _MB, "MB"),
        amount(median(size.open_seconds) * MILLISECONDS, "ms"),
        amount(size.search_memory / _MB, "MB"),
        *(amount(milliseconds, "ms") for milliseconds in strategies),
    ]


def _limits(sizes: Sequence[_Size]) -> list[str]:
    """Where growth ends, as far as two sizes tell."""
    notes = ["Peak memory counts the pages of the bundle that were touched; opening reads them all for the checksums."]
    if len(sizes) > 1:
        first, last = sizes[0], sizes[-1]
        per_title = (last.bundle_bytes - first.bundle_bytes) / (last.count - first.count)
        fixed = first.bundle_bytes - per_title * first.count
        fits = (_LAMBDA_UNZIPPED - _DEPENDENCIES - fixed) / per_title
        notes.append(
            f"A bundle takes {fixed / _MB:.0f} MB and {per_title / 1000:.1f} kB a title. As a layer beside the "
            f"dependencies, within Lambda's 250 MB unzipped, about {fits:,.0f} titles fit; a larger one needs a "
            "container image or a file system."
        )
    return notes
