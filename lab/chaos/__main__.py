"""Kill and hang servers and environments of a running stack under load; print tables, write docs/reliability.md.

python -m lab.chaos [--seconds 10] [--only "Valkey hung"] [--quick]

Ends with exit code 1 where an answer was none that a search may give, more searches were lost than environments killed,
or searches did not become well again; the times are reported and decide nothing.
"""

import argparse
import asyncio
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from lab.catalogues import DEMO, bundle_of
from lab.chaos.course import PER_SECOND, Course, play
from lab.chaos.phase import LONG, chosen
from lab.chaos.spell import Seen
from lab.chaos.stack import ENVIRONMENTS, running
from lab.chaos.tables import answers_table, long_table, markdown, times_table
from lab.report.circumstances import measured
from lab.report.page import Part, check_page, write_page
from lab.report.terminal import terminal
from local.stack.processes import ROOT

SECONDS, LONG_SECONDS = 10.0, 60.0
QUICK_SECONDS, QUICK_LONG_SECONDS = 0.7, 3.0
QUICK_SETTINGS = {
    "DISCOVERY_PERSONALIZATION_BREAKER_OPEN_SEC": "0.5",
    "DISCOVERY_PERSONALIZATION_CACHE_TTL_SEC": "1",
    "DISCOVERY_CACHE_BREAKER_OPEN_SEC": "0.5",
}
"""A quick run does not wait for circuit breakers and the adaptive limit after each phase."""
PAGE, PART = ROOT / "docs" / "reliability.md", Part("chaos", "chaos")
STATE = ROOT / ".local" / "chaos"


def main() -> int:
    """Run; returns the exit code."""
    parser = _parser()
    arguments = parser.parse_args()
    if not chosen(arguments.only):
        parser.error(f"no phase has {arguments.only!r} in its name")
    console = terminal()
    is_whole = not (arguments.quick or arguments.only)
    if is_whole:
        try:
            check_page(PAGE, [PART])
        except (OSError, ValueError) as error:
            console.print(str(error), style="red", markup=False)
            return 2
    course = _course(arguments)
    try:
        seen = asyncio.run(_watch(console, course, arguments))
    except (KeyboardInterrupt, asyncio.CancelledError):
        console.print("Stopped.")
        return 130
    _print(console, seen)
    if is_whole:
        command = f"make chaos SECONDS={course.seconds:g}"
        write_page(PAGE, {PART: markdown(seen, f"{measured(command)} {_conditions(course)}")})
        console.print(f"{PAGE.relative_to(ROOT)} is written.")
    return 1 if any(one.failures for one in seen) else 0


async def _watch(console: Console, course: Course, arguments: argparse.Namespace) -> list[Seen]:
    task = asyncio.current_task()
    if task is not None:  # Ctrl-C does so of itself
        for number in (signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    _empty_state()
    settings = {"DISCOVERY_POLICY_MAX_AGE_SEC": str(course.max_age_sec)}
    settings |= QUICK_SETTINGS if arguments.quick else {}
    console.print(f"Starting {ENVIRONMENTS} environments; their logs: {STATE.relative_to(ROOT)}")
    seen = []
    async with running(bundle_of(DEMO), STATE, settings) as stack:
        async for one in play(course, chosen(arguments.only), stack):
            console.print(f"  {one.phase.name}: {len(one.during.answers)} searches", markup=False)
            seen.append(one)
    return seen


def _print(console: Console, seen: Sequence[Seen]) -> None:
    for table in (answers_table(seen), times_table(seen)):
        console.print(table.printed())
    for one in seen:
        if one.phase is LONG:
            console.print(long_table(one).printed())
        for failure in one.failures:
            console.print(f"Not kept: {failure}", style="red", markup=False)


def _conditions(course: Course) -> str:
    return (
        f"{PER_SECOND:g} searches a second over {ENVIRONMENTS} environments; each phase lasts {course.seconds:g} s, the"
        f" long one {course.long_seconds:g} s, after a healthy spell of {course.seconds:g} s. A policy may grow"
        f" {course.max_age_sec:g} s old rather than 60 s, so that Parameter Store is needed within each phase."
    )


def _course(arguments: argparse.Namespace) -> Course:
    if arguments.quick:
        return Course(arguments.seconds or QUICK_SECONDS, QUICK_LONG_SECONDS)
    return Course(arguments.seconds or SECONDS, LONG_SECONDS)


def _empty_state() -> None:
    """Make the folder, without the last run's logs."""
    STATE.mkdir(parents=True, exist_ok=True)
    for log in Path(STATE).glob("*.log"):
        log.unlink()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m lab.chaos", description=__doc__)
    parser.add_argument("--seconds", type=float, help=f"of a phase, and of health before it; default: {SECONDS:g}")
    parser.add_argument("--only", default="", help="a part of a phase's name; the page is then left alone")
    parser.add_argument("--quick", action="store_true", help="short phases; no page is written")
    return parser


if __name__ == "__main__":
    sys.exit(main())
