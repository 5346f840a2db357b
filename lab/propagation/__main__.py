"""Measure how fast an edit is seen everywhere and what that costs SSM; print tables and write docs/weights.md.

python -m lab.propagation --catalogue catalogue/demo.jsonl [--minutes 10] [--quick]

Ends with exit code 1 where an answer was not 200, an environment fell back to an older policy, or a search waited for
SSM; the times are reported and decide nothing.
"""

import argparse
import asyncio
import signal
import sys
from pathlib import Path

from rich.console import Console

from lab.catalogues import bundle_of
from lab.propagation import edits, load
from lab.propagation.fleet import ENVIRONMENTS, MAX_AGE, running
from lab.propagation.tables import Results, edits_table, load_table, markdown
from lab.report.circumstances import measured
from lab.report.page import Part, check_page, write_page
from lab.report.terminal import terminal
from local.stack.processes import ROOT

EDITS, QUICK_EDITS = 100, 10
QUICK_MAX_AGE = 10.0
MINUTES, QUICK_MINUTES = 10.0, 0.5
PAGE, PART = ROOT / "docs" / "weights.md", Part("propagation", "propagation")
STATE = ROOT / ".local" / "propagation"


def main() -> int:
    """Run; returns the exit code."""
    arguments = _parser().parse_args()
    quick: bool = arguments.quick
    minutes: float = arguments.minutes or (QUICK_MINUTES if quick else MINUTES)
    console = terminal()
    if not quick:
        try:
            check_page(PAGE, [PART])
        except (OSError, ValueError) as error:
            console.print(str(error), style="red", markup=False)
            return 2
    bundle = bundle_of(arguments.catalogue)
    try:
        results = asyncio.run(_measure(console, bundle, quick=quick, seconds=minutes * 60))
    except (KeyboardInterrupt, asyncio.CancelledError):
        console.print("Stopped.")
        return 130
    _report(console, results, circumstances="" if quick else measured(f"make propagation MINUTES={minutes:g}"))
    return 1 if results.broken else 0


def _report(console: Console, results: Results, *, circumstances: str) -> None:
    """Print the tables, and write the page where the circumstances are worth telling."""
    for table in (edits_table(results), load_table(results)):
        console.print(table.printed())
    for failure in results.broken:
        console.print(f"Not kept: {failure}", style="red")
    if circumstances:
        write_page(PAGE, {PART: markdown(results, circumstances)})
        console.print(f"{PAGE.relative_to(ROOT)} is written.")
    else:
        console.print(f"Quick: policies grow old in {results.max_age:g} s, not {MAX_AGE:g}; the page stays as it is.")


async def _measure(console: Console, bundle: Path, *, quick: bool, seconds: float) -> Results:
    task = asyncio.current_task()
    if task is not None:  # Ctrl-C does so of itself
        for number in (signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    max_age = QUICK_MAX_AGE if quick else MAX_AGE
    _empty_state()
    console.print(f"Starting {ENVIRONMENTS} environments; their logs: {STATE.relative_to(ROOT)}")
    async with running(bundle, STATE, max_age=max_age) as fleet:
        console.print("Edits, delivered and lost")
        edited = await edits.measure(fleet, QUICK_EDITS if quick else EDITS)
        console.print(f"{seconds / 60:g} minutes of searches with Valkey")
        with_valkey = await load.measure(fleet, seconds)
        await asyncio.to_thread(fleet.valkey.stop)
        console.print(f"{seconds / 60:g} minutes of searches without Valkey")
        return Results(max_age, edited, with_valkey, await load.measure(fleet, seconds))


def _empty_state() -> None:
    """Make the folder, without the last run's logs."""
    STATE.mkdir(parents=True, exist_ok=True)
    for log in STATE.glob("*.log"):
        log.unlink()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m lab.propagation", description=__doc__)
    parser.add_argument("--catalogue", type=Path, required=True, help="source or bundle")
    parser.add_argument("--minutes", type=float, help="of load, with Valkey and again without; default: 10")
    parser.add_argument("--quick", action="store_true", help="few edits, short-lived policies; no page is written")
    return parser


if __name__ == "__main__":
    sys.exit(main())
