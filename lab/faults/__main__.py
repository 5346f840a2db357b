"""Show what faults do to a search, and write docs/reliability.md.

python -m lab.faults matrix [--searches 200] [--only "sona: hangs"]
python -m lab.faults soak [--minutes 10] [--per-second 20]

Ends with exit code 1 where an answer was not 200, a score was wrong or stale, or descriptors leaked.
"""

import argparse
import contextlib
import importlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from lab.environments.variables import adopt
from lab.report.page import Part, check_page, write_page
from lab.report.terminal import terminal
from local.stack.processes import ROOT

PAGE = ROOT / "docs" / "reliability.md"
PARTS = {"matrix": Part("fault matrix", "faults"), "soak": Part("soak", "soak")}


def main() -> int:
    """Run one of the programs; returns the exit code."""
    arguments = _parser().parse_args()
    program: str = arguments.program
    console = terminal(stderr=True)
    check_page(PAGE, PARTS.values())
    adopt()  # before the program is imported, and the function with it
    with functions_log(ROOT / ".local" / "logs" / f"faults-{program}.log"):
        outcome = importlib.import_module(f"lab.faults.{program}").run(arguments, console)
    if not (arguments.dry or arguments.only):
        write_page(PAGE, {PARTS[program]: outcome.markdown})
        console.print(f"{PAGE.relative_to(ROOT)} is written.")
    for failure in outcome.failures:
        console.print(f"Not kept: {failure}", style="red", markup=False)
    return 1 if outcome.failures else 0


@contextlib.contextmanager
def functions_log(path: Path) -> Iterator[None]:
    """Write to a file what the functions in this process write to standard output, as Lambda does."""
    path.parent.mkdir(parents=True, exist_ok=True)
    sys.stdout.flush()
    kept = os.dup(1)
    with path.open("wb") as log:
        os.dup2(log.fileno(), 1)
    try:
        yield
    finally:
        sys.stdout.flush()
        os.dup2(kept, 1)
        os.close(kept)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m lab.faults", description=__doc__)
    parser.add_argument("--dry", action="store_true", help="leave the page alone")
    programs = parser.add_subparsers(dest="program", required=True)
    matrix = programs.add_parser("matrix", help="every fault of SONA and Valkey")
    matrix.add_argument("--searches", type=int, default=200, help="in each cell")
    matrix.add_argument("--only", default="", help="a part of `sona: hangs`; the page is then left alone")
    soak = programs.add_parser("soak", help="a steady load with faults switched on and off")
    soak.add_argument("--minutes", type=float, default=10)
    soak.add_argument("--per-second", type=float, default=20, help="searches, at most")
    soak.set_defaults(only="")
    return parser


if __name__ == "__main__":
    sys.exit(main())
