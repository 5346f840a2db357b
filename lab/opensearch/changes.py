"""A catalogue that changes under twenty searches a second: built anew, rolled back, a title put, a title deleted.

python -m lab.opensearch.changes [--per-second 20]

Says after how many seconds searches see each change, and how many failed. Ends with exit code 1 where one did.
"""

import argparse
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from discovery.catalogue.content import Content
from discovery.composition.search import SearchService
from discovery.opensearch.connecting import for_builds
from discovery.opensearch.live import LiveCatalogue
from discovery.settings.opensearch import OpenSearchSettings
from discovery.statistics.percentiles import percentile
from lab.catalogues import DEMO, bundle_of
from lab.opensearch.catalogue import Source, publication, search, searching, settings
from lab.report.table import Table
from lab.report.terminal import terminal
from local.opensearch.node import opensearch

_MOST_SECONDS = 60.0
NEW = Content(id="zeppelin-serenade-2026", title="Zeppelin Serenade", overview="An airship captain sings.")


@dataclass
class Load:
    """Searches at a rate, on a thread of its own."""

    service: SearchService
    milliseconds: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    ends: threading.Event = field(default_factory=threading.Event)

    def run(self, per_second: float) -> None:
        """Search until it ends; an answer in part is a failure here."""
        while not self.ends.is_set():
            began = time.perf_counter()
            try:
                reason = search(self.service, "space adventure").retrieval.reason
                if reason is not None:
                    self.failures.append(reason)
            except Exception as error:  # noqa: BLE001 - it is counted
                self.failures.append(type(error).__name__)
            self.milliseconds.append((time.perf_counter() - began) * 1000)
            time.sleep(max(0.0, began + 1 / per_second - time.perf_counter()))


def main() -> int:
    """Run; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m lab.opensearch.changes", description=__doc__)
    parser.add_argument("--per-second", type=float, default=20)
    per_second: float = parser.parse_args().per_second
    source = Source(bundle_of(DEMO))
    with opensearch() as url:
        builder = publication(url)
        builder.build(source.contents, source.model, replicas=0)
        chosen = settings(url, source)
        with searching(chosen) as loaded, searching(chosen) as looking:
            load = Load(loaded)
            thread = threading.Thread(target=load.run, args=(per_second,))
            thread.start()
            try:
                rows = _changes(url, source, looking)
            finally:
                load.ends.set()
                thread.join()
    table = Table(("change", "seconds", "seen after"), rows)
    terminal().print(table.printed())
    times = f"p50 {percentile(load.milliseconds, 0.5):.0f} ms, p99 {percentile(load.milliseconds, 0.99):.0f} ms"
    failed = f"{len(load.failures)} failed {load.failures[:5]}"
    terminal().print(f"{len(load.milliseconds)} searches meanwhile, {failed}; {times}")
    return 1 if load.failures else 0


def _changes(url: str, source: Source, looking: SearchService) -> list[list[str]]:
    builder, opensearch_settings = publication(url), OpenSearchSettings(url=url)
    live = LiveCatalogue(for_builds(opensearch_settings), opensearch_settings.index)
    first = search(looking, "space").catalogue

    def version() -> str:
        return search(looking, "space").catalogue

    def is_there() -> bool:
        return any(one.content.id == NEW.id for one in search(looking, NEW.title).results)

    return [
        _change("a title put", lambda: live.put([NEW], source.model), is_there),
        _change("the title deleted", lambda: live.delete([NEW.id]), lambda: not is_there()),
        _change(
            "built anew, with another title",
            lambda: builder.build([*source.contents, NEW], source.model, replicas=0),
            lambda: version() != first and is_there(),
        ),
        _change("rolled back", builder.roll_back, lambda: version() == first and not is_there()),
    ]


def _change(name: str, make: Callable[[], object], is_seen: Callable[[], bool]) -> list[str]:
    began = time.perf_counter()
    make()
    made = time.perf_counter()
    while not is_seen() and time.perf_counter() - made < _MOST_SECONDS:
        time.sleep(0.05)
    return [name, f"{made - began:.1f}", f"{time.perf_counter() - made:.2f} s"]


if __name__ == "__main__":
    sys.exit(main())
