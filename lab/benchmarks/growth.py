"""How building, opening and searching grow with the catalogue: synthetic ones, an environment for each, in turn."""

import contextlib
import multiprocessing
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from discovery.artefacts.folder import size_of
from discovery.catalogue.build.builder import MOST_EXACT, build_bundle
from discovery.catalogue.build.pretrained import load_pretrained
from discovery.catalogue.build.source import SourceReader, parse_jsonl, read_lines
from discovery.catalogue.bundle import open_catalogue
from discovery.composition.search import search_service
from discovery.retrieval.bundle import keyword
from discovery.retrieval.bundle.vector import MOST_NEAR
from discovery.settings.catalogue import CatalogueSettings
from discovery.settings.settings import Settings
from discovery.statistics.percentiles import spread
from lab.benchmarks import synthetic
from lab.benchmarks.plan import Plan
from lab.environments.invocation import search_event
from lab.environments.process import environment_process
from lab.environments.worker import busy_loop, peak_memory
from lab.report.result import MILLISECONDS, Comparison, Figure, Result, amount
from lab.servers.orders import OrderedProcess
from lab.statistics.interleaving import Contestant, interleave, medians

TITLE = "Growth: synthetic catalogues"
VECTORS, KEYWORDS = "the nearest vectors", "keyword retrieval"
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
_PROBES = 20


_spawning = multiprocessing.get_context("spawn")  # a fork would share the parent's memory


@dataclass(frozen=True)
class _Opened:
    """What a process that opened a catalogue saw; seconds."""

    opening: float
    """Of the catalogue and the composition of the service, without the imports."""
    probes: Mapping[str, Sequence[float]]
    """Of each strategy on its own."""


@dataclass
class _Size:
    """A catalogue and what was measured of it."""

    count: int
    build_seconds: float
    build_memory: float
    """Peak, bytes."""
    bundle: Path
    opened: list[_Opened] = field(default_factory=list)
    search_memory: float = 0.0
    blocks: list[list[float]] = field(default_factory=list)
    """Seconds of each search, by block."""

    @property
    def name(self) -> str:
        """For tables."""
        return f"{self.count:,} titles"

    @property
    def bundle_bytes(self) -> int:
        """Of the bundle on disk."""
        return size_of(self.bundle)

    @property
    def searches(self) -> list[float]:
        """Seconds of all searches."""
        return [seconds for block in self.blocks for seconds in block]

    @property
    def open_seconds(self) -> float:
        """To open the catalogue, the median."""
        return median(opened.opening for opened in self.opened)

    def probe_seconds(self, name: str) -> float:
        """Of a strategy on its own, the median."""
        return median(seconds for opened in self.opened for seconds in opened.probes[name])


def run(plan: Plan) -> list[Result]:
    """Build every size, then search them in turn."""
    sizes = [_built(count, plan.scratch / f"synthetic-{count}") for count in plan.sizes]
    for _ in range(plan.times(5, 2)):
        for size in sizes:
            size.opened.append(_in_a_process(opened, size.bundle)[0])
    events = [search_event(query) for query in synthetic.queries(_QUERIES)]
    busy = []
    with contextlib.ExitStack() as started:
        environments = [
            started.enter_context(
                environment_process(
                    {"DISCOVERY_STAGE": "lab", "DISCOVERY_CATALOGUE_PATH": str(size.bundle)},
                    events,
                )
            )
            for size in sizes
        ]
        pairs = list(zip(sizes, environments, strict=True))
        for _, environment in pairs:
            _search(environment, _QUERIES)
        for block in range(plan.times(12, 2)):
            busy.append(busy_loop())
            for size, environment in pairs if block % 2 == 0 else reversed(pairs):
                size.blocks.append(_search(environment, plan.times(2, 1) * _QUERIES))
                size.search_memory = environment.ask(do="memory")
    return [_result(sizes, busy)]


def build(count: int, out: Path) -> float:
    """Build a bundle from a source; the seconds that took, without making it up. Runs in a process of its own."""
    source = out.with_name(f"{out.name}.jsonl")
    with source.open("w", encoding="utf-8") as lines:
        lines.writelines(f"{content.model_dump_json(exclude_defaults=True)}\n" for content in synthetic.contents(count))
    began = time.perf_counter()
    build_bundle(SourceReader(parse_jsonl).contents(read_lines(source)), load_pretrained(), out)
    taken = time.perf_counter() - began
    source.unlink()
    return taken


def opened(bundle: Path) -> _Opened:
    """Open a bundle, and call the two strategies on their own. Runs in a process of its own."""
    began = time.perf_counter()
    search_service(Settings(stage="lab", catalogue=CatalogueSettings(path=bundle)))
    opening = time.perf_counter() - began
    catalogue = open_catalogue(bundle)
    (query,) = synthetic.queries(1)
    vector = catalogue.model.embed([query])[0]
    strategies: dict[str, Callable[[], object]] = {
        VECTORS: lambda: catalogue.vectors.near(vector, MOST_NEAR, floor=0.0, least=-1.0),
        KEYWORDS: lambda: keyword.retrieve(catalogue.keyword, query),
    }
    samples = interleave([Contestant(*strategy) for strategy in strategies.items()], blocks=1, rounds=_PROBES)
    return _Opened(opening, {name: samples.all(name) for name in strategies})


def _in_a_process[**P, R](work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> tuple[R, float]:
    """Call a module's function in a fresh process; its result, and the most memory that process ever held, in bytes."""
    with ProcessPoolExecutor(1, mp_context=_spawning) as pool:  # whose processes may have helpers of their own
        result = pool.submit(work, *args, **kwargs).result()
        peak = pool.submit(peak_memory).result()
    return result, peak


def _built(count: int, out: Path) -> _Size:
    seconds, memory = _in_a_process(build, count, out)
    return _Size(count, seconds, memory, out)


def _search(environment: OrderedProcess, searches: int) -> list[float]:
    return [environment.ask(do="search", event=number % _QUERIES)["seconds"] for number in range(searches)]


def _result(sizes: Sequence[_Size], busy: Sequence[float]) -> Result:
    smallest = sizes[0]
    return Result(
        benchmark="growth",
        title=TITLE,
        catalogue="",
        figures=[Figure.of(f"anonymous search, {size.name}", size.searches) for size in sizes],
        comparisons=[
            Comparison.of(
                f"search in {size.name} ÷ in {smallest.name}", medians(size.blocks) / medians(smallest.blocks)
            )
            for size in sizes[1:]
        ],
        noise=spread(busy),
        notes=_limits(sizes),
        grid=[_HEADER, *(_row(size) for size in sizes)],
        series={
            "sizes": [size.count for size in sizes],
            "build_s": [size.build_seconds for size in sizes],
            "open_ms": [size.open_seconds * MILLISECONDS for size in sizes],
            "bundle_mb": [size.bundle_bytes / _MB for size in sizes],
            "memory_mb": [size.search_memory / _MB for size in sizes],
            "search_ms": [median(size.searches) * MILLISECONDS for size in sizes],
        },
    )


def _row(size: _Size) -> list[str]:
    strategies = (size.probe_seconds(name) * MILLISECONDS for name in (VECTORS, KEYWORDS))
    return [
        f"{size.count:,}",
        amount(size.build_seconds, "s"),
        amount(size.build_memory / _MB, "MB"),
        amount(size.bundle_bytes / _MB, "MB"),
        amount(size.open_seconds * MILLISECONDS, "ms"),
        amount(size.search_memory / _MB, "MB"),
        *(amount(milliseconds, "ms") for milliseconds in strategies),
    ]


def _limits(sizes: Sequence[_Size]) -> list[str]:
    """Where growth ends, as far as two sizes tell."""
    notes = ["Peak memory counts the pages of the bundle that were touched."]
    whole = [size for size in sizes if size.count <= MOST_EXACT]  # what a layer could hold is never packed
    if len(whole) > 1:
        first, last = whole[0], whole[-1]
        per_title = (last.bundle_bytes - first.bundle_bytes) / (last.count - first.count)
        fixed = first.bundle_bytes - per_title * first.count
        fits = (_LAMBDA_UNZIPPED - _DEPENDENCIES - fixed) / per_title
        notes.append(
            f"A bundle of at most {MOST_EXACT:,} titles takes {fixed / _MB:.0f} MB and {per_title / 1000:.1f} kB a "
            f"title. As a layer beside the dependencies, within Lambda's 250 MB unzipped, about {fits:,.0f} titles "
            "fit; a larger one is published to S3, or needs a container image or a file system."
        )
    return notes
