"""Measure bundles of growing size, each in a process of its own, and reckon what ten times the largest would take.

python -m lab.scale BUNDLE... [--queries 300]

The last column is computed: by the straight line through the two largest bundles.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from discovery.artefacts.folder import size_of
from lab.environments.variables import function_variables
from lab.report.table import Table
from lab.report.terminal import terminal
from lab.scale.searched import QUERIES, Searched
from local.stack.processes import ROOT

_MB = 1e6
_PARTS = ("vectors", "documents", "keyword", "suggestions", "columns")
_TIMES = 10


@dataclass(frozen=True)
class _Measured:
    searched: Searched
    bundle: Path

    def bytes_of(self, part: str) -> int:
        """Of the files and folders whose names begin so."""
        return sum(size_of(found) if found.is_dir() else found.stat().st_size for found in self.bundle.glob(f"{part}*"))


_Value = Callable[[_Measured], float]


def _phase(name: str, share: str) -> _Value:
    return lambda one: getattr(one.searched, f"phases_{share}_ms")[name]


def _part(name: str) -> _Value:
    return lambda one: one.bytes_of(name) / _MB


_ROWS: dict[str, _Value] = {
    "opening, ms": lambda one: one.searched.opening_ms,
    "a search, p50, ms": lambda one: one.searched.p50_ms,
    "a search, p99, ms": lambda one: one.searched.p99_ms,
    **{f"{phase}, {share}, ms": _phase(phase, share) for phase in ("find", "facets") for share in ("p50", "p99")},
    "resident, MB": lambda one: one.searched.memory_searched / _MB,
    "resident, without mapped files, MB": lambda one: one.searched.memory_own / _MB,
    "bundle, MB": lambda one: size_of(one.bundle) / _MB,
    **{f"{part}, MB": _part(part) for part in _PARTS},
}


def main() -> int:
    """Run; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m lab.scale", description=__doc__)
    parser.add_argument("bundles", type=Path, nargs="+", metavar="BUNDLE")
    parser.add_argument("--queries", type=int, default=QUERIES)
    arguments = parser.parse_args()
    console = terminal()
    measured = []
    for bundle in arguments.bundles:
        with console.status(f"measuring {bundle}"):
            measured.append(_measured(bundle, arguments.queries))
    console.print(_table(sorted(measured, key=lambda one: one.searched.titles)).markdown(), soft_wrap=True)
    return 0


def _measured(bundle: Path, queries: int) -> _Measured:
    """In a fresh process, whose memory and libraries' threads are as a function's."""
    command = [sys.executable, "-m", "lab.scale.searched", str(bundle.resolve()), str(queries)]
    environment = os.environ | function_variables()
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, cwd=ROOT, env=environment)
    return _Measured(Searched(**json.loads(done.stdout.splitlines()[-1])), bundle)


def _table(measured: Sequence[_Measured]) -> Table:
    titles = [one.searched.titles for one in measured]
    header = ["titles", *(f"{count:,}" for count in titles), f"{_TIMES * titles[-1]:,}, computed"]
    return Table(header, [[name, *_cells([value(one) for one in measured], titles)] for name, value in _ROWS.items()])


def _cells(values: Sequence[float], titles: Sequence[int]) -> list[str]:
    return [f"{value:,.1f}" for value in (*values, beyond(values, titles))]


def beyond(values: Sequence[float], titles: Sequence[int]) -> float:
    """What ten times the last titles would have, on the line through the last two; of one alone, in proportion."""
    if len(values) == 1:
        return _TIMES * values[-1]
    slope = (values[-1] - values[-2]) / (titles[-1] - titles[-2])
    return values[-1] + slope * (_TIMES - 1) * titles[-1]


if __name__ == "__main__":
    sys.exit(main())
