"""Measure relevance on judgments; print tables, write docs/relevance.md and compare with the committed figures.

python -m lab.relevance [--check | --tune]

`--check` measures the demo judgments alone, writes nothing, and ends with exit code 1 where a figure has fallen.
`--tune` shows what each weight brings, searches for better ones, prints them, and changes nothing.
"""

import argparse
import statistics
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from discovery.settings.retrieval import RetrievalSettings
from lab.catalogues import DEMO, bundle_of
from lab.relevance.causes import read_causes
from lab.relevance.judgments import Collection, demo, shared
from lab.relevance.measures import Scored, means, scored
from lab.relevance.systems import BareBm25, Ours
from lab.relevance.tables import ablation, summary, worst
from lab.relevance.tuning import ablated, cross_validated, gathered, objective, tuned
from lab.relevance.typos import typos
from lab.report.circumstances import measured
from lab.report.committed import Committed
from lab.report.page import Part, check_page, write_page
from lab.report.terminal import terminal
from local.stack.processes import ROOT

PAGE, PART = ROOT / "docs" / "relevance.md", Part("relevance", "relevance")
_COMMITTED = Committed(ROOT / "lab" / "relevance" / "committed.json", tolerance=0.0005, of=" of the demo judgments")
"""Figures are committed to three places."""
_WORST = 10


def main() -> int:
    """Run; returns the exit code."""
    parser = argparse.ArgumentParser(prog="make relevance")
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--check", action="store_true")
    mode.add_argument("--tune", action="store_true")
    arguments = parser.parse_args()
    check: bool = arguments.check
    if arguments.tune:
        return _tune()
    console = terminal()
    if not check:
        check_page(PAGE, [PART])
    ours: dict[str, Sequence[Scored]] = {}
    bare: dict[str, Sequence[Scored]] = {}
    times: list[str] = []
    for collection in _collections(check=check):
        system = _opened(collection.source)
        system.milliseconds.clear()
        ours[collection.name] = _run(collection, system)
        bare[collection.name] = _run(collection, BareBm25(system.catalogue))
        times.append(f"{collection.name} {_times(system.milliseconds)}")
    table, bad = summary(ours, bare), worst(ours, _WORST, read_causes())
    for one in (table, bad):
        console.print(one.printed())
    console.print(*times, sep="\n")
    if check:
        return _COMMITTED.compare(means(ours["demo"]))
    _COMMITTED.write(means(ours["demo"]))
    above = f"The worst queries of each set, {_WORST} at most:"
    write_page(PAGE, {PART: "\n\n".join([measured("make relevance"), table.markdown(), above, bad.markdown()])})
    return 0


def _collections(*, check: bool) -> list[Collection]:
    """What is measured: the judgments, and misspelled titles of each catalogue."""
    if check:
        return [demo()]
    judged = [demo(), *shared()]
    by_source = {one.source: "demo" if one.source == DEMO else "films" for one in judged}
    return judged + [typos(name, source, _opened(source).catalogue) for source, name in by_source.items()]


@cache
def _opened(source: Path) -> Ours:
    return Ours(bundle_of(source))


def _tune() -> int:
    by_name = {one.name: gathered(one, _opened(one.source)) for one in [demo(), *shared()]}
    sets, weights = list(by_name.values()), RetrievalSettings().weights
    console = terminal()
    console.print(ablation(ablated(by_name, weights)).printed())
    best = tuned(sets, weights)
    before, after = cross_validated(sets, weights)
    console.print(f"objective {objective(sets, weights):.4f} → {objective(sets, best):.4f}")
    console.print(f"on held-out folds {before:.4f} → {after:.4f}")
    console.print({kind: round(weight, 3) for kind, weight in best.items()})
    return 0


def _run(collection: Collection, system: Ours | BareBm25) -> list[Scored]:
    return scored(collection.queries, [system(judged.query) for judged in collection.queries])


def _times(milliseconds: Sequence[float]) -> str:
    ordered = sorted(milliseconds)
    return f"p50 {statistics.median(ordered):.1f} ms, p99 {ordered[int(len(ordered) * 0.99)]:.1f} ms"


if __name__ == "__main__":
    sys.exit(main())
