"""Simulate experiments whose truth is known; print tables, and write docs/experiment-calibration.md.

python -m lab.experiments.calibration [--trials 1000] [--seed 1]

Fewer than 1 000 trials write nothing. The exit code is 1 where a promise is missed.
"""

import argparse
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial

from numpy.random import SeedSequence

from lab.experiments.calibration.choices import choices_table
from lab.experiments.calibration.plots import draw_looks
from lab.experiments.calibration.synthetic import World
from lab.experiments.calibration.tables import coverage_table, credit_table, cuped_table, equal_table, ratio_table
from lab.experiments.calibration.trials import ab_test, credit_test, ever_crossed, looked_at_daily, ratio_test
from lab.report.circumstances import measured
from lab.report.page import Part, check_page, write_page
from lab.report.table import Table
from lab.report.terminal import terminal
from local.stack.processes import ROOT
from plots.style import save_plot

PAGE, PLOT = ROOT / "docs" / "experiment-calibration.md", "experiment-calibration.svg"
PART = Part("calibration", "calibration")
WHOLE = 1000
_KNOWN = World(plays=0.1, clicks=0.05)
_HARDEST_PEOPLE = 10_000
"""For whom the sequence is narrowest."""


def main() -> int:
    """Run; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m lab.experiments.calibration")
    parser.add_argument("--trials", type=int, default=WHOLE)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    trials: int = given.trials
    if trials >= WHOLE:
        check_page(PAGE, [PART])
    seeds = iter(SeedSequence(given.seed).spawn(9))
    with ProcessPoolExecutor() as processes:

        def each[T](trial: Callable[[SeedSequence], T], count: int) -> list[T]:
            return list(processes.map(trial, next(seeds).spawn(count), chunksize=10))

        looks = each(partial(looked_at_daily, world=World()), trials)
        hardest = each(partial(ever_crossed, people=_HARDEST_PEOPLE), trials)
        different = each(partial(looked_at_daily, world=World(plays=0.15)), trials // 5)
        even, skewed = each(partial(ratio_test, share=0.5), 5 * trials), each(partial(ratio_test, share=0.52), trials)
        estimates = each(partial(ab_test, world=_KNOWN), trials // 2)
        equal = each(partial(credit_test, shares=(0.5, 0.5)), trials // 2)
        preferred = each(partial(credit_test, shares=(0.57, 0.43)), trials // 5)
    tables = [
        equal_table(looks, hardest),
        choices_table(looks, different, "plays"),
        ratio_table(even, skewed),
        coverage_table(estimates, _KNOWN),
        cuped_table(estimates),
        credit_table(equal, preferred),
    ]
    console = terminal()
    for table in tables:
        console.print(table.printed())
    if trials >= WHOLE:
        save_plot(partial(draw_looks, looks), PAGE.parent / "plots" / PLOT)
        write_page(PAGE, {PART: _page(tables)})
    return int(any("missed" in row for table in tables for row in table.rows))


def _page(tables: Sequence[Table]) -> str:
    parts = [measured("make calibration")]
    for table in tables:
        parts += [f"**{table.title}**", table.markdown()] if table.title else [table.markdown()]
    return "\n\n".join([*parts, f"![False positives by day, and p-values](plots/{PLOT})"])


if __name__ == "__main__":
    raise SystemExit(main())
