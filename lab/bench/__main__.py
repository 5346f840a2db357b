"""Measure, print a table, and write the page and its plots.

python -m lab.bench --catalogue catalogue/demo.jsonl [--only cached,growth] [--quick] [--sizes 1000,10000]
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console

from lab.bench.catalogues import FILMS, bundle_of
from lab.bench.measure import BENCHMARKS
from lab.bench.page import write_page
from lab.bench.plan import Plan
from lab.bench.plots import write_plots
from lab.bench.result import Report
from lab.bench.table import print_report
from local.stack.processes import ROOT

SIZES = "1000,10000,100000"


def main() -> int:
    """Run; returns the exit code, which is 0 however the figures turned out."""
    arguments = _parser().parse_args()
    console = Console(width=None if sys.stdout.isatty() else 140)
    # A quick run must not pass for a measured one, so it keeps its page and plots to itself.
    kept = ROOT / ".local" / "bench" / ("quick" if arguments.quick else "full")
    docs = kept / "docs" if arguments.quick else ROOT / "docs"
    measured = {name: _measure(name, arguments, kept, console) for name in arguments.only}
    reports = {name: report for name, report in measured.items() if report is not None}
    write_plots(reports, docs / "plots")
    write_page(reports, docs / "benchmarks.md", template=ROOT / "docs" / "benchmarks.md")
    console.print(f"{(docs / 'benchmarks.md').relative_to(ROOT)} and its plots are written.")
    if failed := sorted(measured.keys() - reports.keys()):
        console.print(f"Failed: {', '.join(failed)}", style="red")
    return 1 if failed else 0


def _measure(name: str, arguments: argparse.Namespace, kept: Path, console: Console) -> Report | None:
    """Measure in a process of its own, and print what it found; None where that failed."""
    with tempfile.TemporaryDirectory(prefix="discovery-bench-", dir=arguments.scratch) as scratch:
        plan = Plan(arguments.quick, _bundles(arguments.catalogue), arguments.sizes, Path(scratch))
        out = kept / f"{name}.json"
        command = [sys.executable, "-m", "lab.bench.measure", name, plan.to_json(), str(out)]
        with console.status(f"measuring: {name}"):
            # The function's logs and metrics go where nobody reads them, but they are written.
            done = subprocess.run(command, stdout=subprocess.DEVNULL, check=False, cwd=ROOT)
    if done.returncode:
        return None
    report = Report.load(out)
    print_report(report, console)
    return report


def _bundles(catalogue: str) -> tuple[Path, ...]:
    """The catalogue asked for, and the film collection where it is."""
    films = Path(os.environ.get("SHARED_DATA") or ROOT.parent / "shared" / "data") / FILMS
    sources = [Path(catalogue), *([films] if films.exists() else [])]
    return tuple(dict.fromkeys(bundle_of(source) for source in sources))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m lab.bench", description=__doc__)
    parser.add_argument("--catalogue", required=True, help="source or bundle")
    parser.add_argument("--only", type=_names, default=BENCHMARKS, help=f"of {', '.join(BENCHMARKS)}")
    parser.add_argument("--quick", action="store_true", help="few samples, and the page under .local/bench/quick")
    parser.add_argument("--sizes", type=_sizes, default=_sizes(SIZES), help=f"synthetic catalogues; default: {SIZES}")
    parser.add_argument("--scratch", type=Path, help="folder for large temporary files")
    return parser


def _names(text: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in text.split(","))
    if unknown := [name for name in names if name not in BENCHMARKS]:
        raise argparse.ArgumentTypeError(f"{', '.join(unknown)}: not among {', '.join(BENCHMARKS)}")
    return names


def _sizes(text: str) -> tuple[int, ...]:
    return tuple(sorted(int(size) for size in text.split(",")))


if __name__ == "__main__":
    sys.exit(main())
