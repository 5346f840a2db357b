"""One bundle, opened and searched in a process of its own: what that took.

python -m lab.scale.searched BUNDLE [QUERIES] prints it as JSON.

A search is the phases over one index: the query is understood, candidates are found, their facets are counted, and the
contents of a page of twenty are read, with their reasons. Its time is the thread's own, so that other jobs of the
machine count little; the machine's caches they share all the same.
"""

import asyncio
import random
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from pydantic import TypeAdapter

from discovery.api.requests import Filters
from discovery.catalogue.bundle import open_catalogue
from discovery.lifecycle import exempt_from_collection
from discovery.retrieval.bundle.index import BundleIndex
from discovery.settings.retrieval import RetrievalSettings
from discovery.statistics.percentiles import percentile
from lab.relevance.judgments import demo, shared

QUERIES = 300
_PAGE = 20
_WARM = 30
"""Searches that bring the files' pages in, before any is measured."""
_EACH = 5
"""Every so many queries are asked with a filter."""
_FILTERS = (
    Filters(genres=["Drama"]),
    Filters(year_range=(1990, 2010)),
    Filters(countries=["France"], rating_range=(5.0, None)),
)
_MS = 1000


@dataclass(frozen=True)
class Searched:
    """What opening and searching took."""

    titles: int
    opening_ms: float
    """The process's own time, of the bundle and the index over it."""
    memory_opened: int
    """Resident bytes of the process, mapped files included, before the first search."""
    memory_searched: int
    """The same after all of them, of which `memory_own` are no mapped files."""
    memory_own: int
    p50_ms: float
    p99_ms: float
    phases_p50_ms: dict[str, float]
    phases_p99_ms: dict[str, float]
    slowest: dict[str, float]
    """Milliseconds of the slowest queries."""


class _Searcher:
    """Searches one index, and keeps the time of each phase."""

    def __init__(self, index: BundleIndex) -> None:
        self._index = index
        self.phases: dict[str, list[float]] = {}

    async def search(self, query: str, filters: Filters) -> None:
        """Search once."""
        clock = _Clock(self.phases)
        parsed = await self._index.understand(query)
        clock.lap("understand")
        found = await self._index.find(parsed, filters)
        clock.lap("find")
        await self._index.facets(found)
        clock.lap("facets")
        places = range(min(_PAGE, len(found)))
        contents = await self._index.contents(found, places)
        await self._index.reasons(found, places, contents)
        clock.lap("contents")


class _Clock:
    def __init__(self, phases: dict[str, list[float]]) -> None:
        self._phases = phases
        self._last = time.thread_time()

    def lap(self, phase: str) -> None:
        """Note the time since the last one."""
        now = time.thread_time()
        self._phases.setdefault(phase, []).append((now - self._last) * _MS)
        self._last = now


def queries(count: int) -> list[str]:
    """Judged queries, each once, in an order that is the same at every run."""
    every = list(dict.fromkeys(judged.query for one in (demo(), *shared()) for judged in one.queries))
    random.Random(1).shuffle(every)  # noqa: S311 - guards nothing
    return every[:count]


def searched(bundle: Path, asked: Sequence[str]) -> Searched:
    """Open a bundle and search it."""
    began = time.process_time()
    catalogue = open_catalogue(bundle)
    searcher = _Searcher(BundleIndex(catalogue, RetrievalSettings()))
    opening = (time.process_time() - began) * _MS
    exempt_from_collection()  # as in Lambda
    opened = _resident("VmRSS")
    asyncio.run(_ask(searcher, asked[:_WARM]))
    searcher.phases.clear()
    asyncio.run(_ask(searcher, asked))
    whole = [sum(phases) for phases in zip(*searcher.phases.values(), strict=True)]
    slowest = sorted(zip(whole, asked, strict=True), reverse=True)[:5]
    return Searched(
        titles=catalogue.size,
        opening_ms=opening,
        memory_opened=opened,
        memory_searched=_resident("VmRSS"),
        memory_own=_resident("RssAnon"),
        p50_ms=percentile(whole, 0.5),
        p99_ms=percentile(whole, 0.99),
        phases_p50_ms=_each(searcher.phases, lambda samples: percentile(samples, 0.5)),
        phases_p99_ms=_each(searcher.phases, lambda samples: percentile(samples, 0.99)),
        slowest={query: round(milliseconds, 1) for milliseconds, query in slowest},
    )


async def _ask(searcher: _Searcher, asked: Sequence[str]) -> None:
    for number, query in enumerate(asked):
        filters = _FILTERS[number // _EACH % len(_FILTERS)] if number % _EACH == 0 else Filters()
        await searcher.search(query, filters)


def _each(phases: dict[str, list[float]], of: Callable[[Sequence[float]], float]) -> dict[str, float]:
    return {phase: of(samples) for phase, samples in phases.items()}


def _resident(line: str) -> int:
    """Bytes, of a line of Linux's account of this process."""
    status = Path("/proc/self/status").read_text().splitlines()
    return next(int(one.split()[1]) * 1024 for one in status if one.startswith(f"{line}:"))


if __name__ == "__main__":
    number = int(sys.argv[2]) if len(sys.argv) > 2 else QUERIES  # noqa: PLR2004 - the argument after the bundle
    found = searched(Path(sys.argv[1]), queries(number))
    print(TypeAdapter(dict[str, object]).dump_json(asdict(found)).decode())
