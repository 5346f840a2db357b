"""`python -m lab.suggestions [--catalogue source-or-bundle]`: measure suggestions in process, and print the figures.

The films are measured too where they are at hand.

Found is how often the suggested titles have the one that is being typed, first or among the first five, after 60 % of
its letters; of the hundred titles with the highest `popularity_score`, and of the same with two letters swapped.
"""

import argparse
import asyncio
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from discovery.catalogue.bundle import open_catalogue
from discovery.catalogue.suggestions import Suggestion, suggestions_of
from discovery.retrieval.bundle.index import BundleIndex
from discovery.search.suggest import Suggest
from discovery.settings.retrieval import RetrievalSettings
from discovery.statistics.percentiles import percentile
from lab.catalogues import DEMO, bundle_of, described, sources
from lab.report.table import Table
from lab.report.terminal import terminal
from lab.suggestions.prefixes import misspelled, on_the_way, unfinished

_NAMES = 100
_TYPED = 0.6
_LONGEST_TYPED = 12
_LIMIT = 5
_REPEATS = 5


def main() -> int:
    """Run; returns the exit code."""
    parser = argparse.ArgumentParser(prog="make suggestions")
    parser.add_argument("--catalogue", type=Path, default=DEMO)
    for source in sources(parser.parse_args().catalogue):
        asyncio.run(_measure(bundle_of(source), terminal()))
    return 0


async def _measure(bundle: Path, console: Console) -> None:
    console.print(f"\n{described(bundle)}", style="bold")
    catalogue = open_catalogue(bundle)
    suggest = Suggest(BundleIndex(catalogue, RetrievalSettings()))
    best = suggestions_of(catalogue.contents(range(catalogue.size)))
    titles, people = best["title"][:_NAMES], best["person"][:_NAMES]
    typed = [unfinished(title.text, _TYPED) for title in titles]
    way = on_the_way([one.text for pair in zip(titles, people, strict=False) for one in pair], most=_LONGEST_TYPED)
    wrong = list(map(misspelled, typed))
    console.print((await _speed(suggest, {"on the way": way, "misspelled": wrong})).printed())
    console.print((await _found(suggest, titles, {"60 %": typed, "misspelled": wrong})).printed())


async def _speed(suggest: Suggest, prefixes: dict[str, list[str]]) -> Table:
    rows = []
    for name, asked in prefixes.items():
        times = [await _milliseconds(suggest, prefix) for _ in range(_REPEATS) for prefix in asked]
        shown = [f"{percentile(times, share):.2f} ms" for share in (0.5, 0.95, 0.99, 1.0)]
        rows.append((name, str(len(asked)), *shown))
    return Table(("prefixes", "n", "p50", "p95", "p99", "longest"), rows, title=f"Time, {_REPEATS} times each")


async def _milliseconds(suggest: Suggest, prefix: str) -> float:
    began = time.perf_counter()
    (await suggest.suggest(prefix, _LIMIT)).model_dump_json()
    return (time.perf_counter() - began) * 1000


async def _found(suggest: Suggest, titles: Sequence[Suggestion], prefixes: dict[str, list[str]]) -> Table:
    rows = []
    for name, asked in prefixes.items():
        places = [await _place(suggest, prefix, title) for prefix, title in zip(asked, titles, strict=True)]
        shares = [sum(place <= depth for place in places) / len(places) for depth in (1, _LIMIT)]
        rows.append((name, str(len(places)), *(f"{share:.2f}" for share in shares)))
    return Table(("typed", "titles", "success@1", f"success@{_LIMIT}"), rows, title="Found")


async def _place(suggest: Suggest, prefix: str, title: Suggestion) -> float:
    """The place of a title among those that are suggested, from 1; infinite where it is not among them."""
    suggestions = (await suggest.suggest(prefix, _LIMIT)).suggestions
    ids = [one.content_id for one in suggestions if one.kind == "title"]
    return ids.index(title.content_id) + 1 if title.content_id in ids else float("inf")


if __name__ == "__main__":
    sys.exit(main())
