"""`python -m lab.explanations [--results 5000]`: recompute explained results of every catalogue, and count differences.

The exit code is 1 where anything differs.
"""

import argparse
import importlib
import sys

from lab.catalogues import DEMO, bundle_of, described, sources
from lab.environments.variables import adopt
from lab.report.table import Table
from lab.report.terminal import terminal

_MOST_SHOWN = 20


def main() -> int:
    """Run; returns the exit code."""
    parser = argparse.ArgumentParser(prog="make explanations")
    parser.add_argument("--results", type=int, default=5000)
    wanted: int = parser.parse_args().results
    adopt()  # before the program is imported, and the function with it
    asked = importlib.import_module("lab.explanations.asked")
    seen = {described(bundle): asked.recomputed(bundle, wanted) for bundle in map(bundle_of, sources(DEMO))}
    rows = [
        (name, *(f"{count:,}" for count in (one.queries, one.results, one.blended, len(one.differ))))
        for name, one in seen.items()
    ]
    console = terminal(stderr=True)  # the function logs to standard output
    console.print(Table(("catalogue", "queries", "results", "personalized", "differ"), rows).printed())
    bad = [f"{name}: {one}" for name, found in seen.items() for one in found.differ]
    for line in bad[:_MOST_SHOWN]:
        console.print(line, markup=False)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
