"""One benchmark in a process of its own: its memory and its modules are its own, and so is its standard output.

python -m lab.benchmarks.measure NAME PLAN OUT
"""

import importlib
import sys
from pathlib import Path

from lab.benchmarks.plan import Plan
from lab.environments.variables import adopt
from lab.report.circumstances import measured
from lab.report.result import Report

BENCHMARKS = ("cached", "multileaved", "uncached", "singles", "anonymous", "whole", "retrieval", "growth", "cold_start")
"""In the order of the page."""


def run(name: str, plan: Plan) -> Report:
    """Measure."""
    adopt()
    benchmark = importlib.import_module(f"lab.benchmarks.{name}")
    return Report(benchmark.run(plan), _circumstances(name, plan))


def _circumstances(name: str, plan: Plan) -> str:
    command = f"make bench ONLY={name}"
    return f"{measured(f'{command} QUICK=1')} Too few samples to rely on." if plan.quick else measured(command)


if __name__ == "__main__":
    run(sys.argv[1], Plan.from_json(sys.argv[2])).save(Path(sys.argv[3]))
