"""One benchmark in a process of its own: its memory and its modules are its own, and so is its standard output.

python -m lab.bench.measure NAME PLAN OUT
"""

import importlib
import os
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path

from lab.bench.plan import Plan
from lab.bench.result import Report
from lab.bench.variables import function_variables

BENCHMARKS = ("cached", "uncached", "singles", "whole", "growth", "cold_start")
"""In the order of the page."""


def run(name: str, plan: Plan) -> Report:
    """Measure."""
    # Before the import: Powertools reads its variables when it is imported, and so do others.
    os.environ.update(function_variables())
    benchmark = importlib.import_module(f"lab.bench.benchmarks.{name}")
    results = benchmark.run(plan)
    taken_at = datetime.now(UTC).strftime("%Y-%m-%d")
    return Report(results=results, machine=machine(), taken_at=taken_at, quick=plan.quick)


def machine() -> str:
    """What the figures were taken on, without naming it."""
    return f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"


if __name__ == "__main__":
    run(sys.argv[1], Plan.from_json(sys.argv[2])).save(Path(sys.argv[3]))
