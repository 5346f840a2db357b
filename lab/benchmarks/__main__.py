"""Measure, print tables, and write the page and its plots.

python -m lab.benchmarks --catalogue catalogue/demo.jsonl [--only cached,growth] [--quick] [--against CHECKOUT]
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console

from lab.benchmarks.measure import BENCHMARKS
from lab.benchmarks.plan import Against, Plan
from lab.benchmarks.plots import images, write_plots
from lab.catalogues import bundle_by, bundle_of, sources
from lab.environments.variables import function_variables
from lab.report.page import Part, write_page
from lab.report.presentation import markdown, print_report
from lab.report.result import Report
from lab.report.terminal import terminal
from local.stack.processes import ROOT

SIZES = "1000,10000,100000"
COMPARING = "anonymous"
"""The benchmark that needs another checkout."""


def main() -> int:
    """Run; returns the exit code, which is 0 however the figures turned out."""
    arguments = _arguments()
    console = terminal()
    # A quick run must not pass for a measured one, so it keeps its page and plots to itself.
    kept = ROOT / ".local" / "bench" / ("quick" if arguments.quick else "full")
    docs = kept / "docs" if arguments.quick else ROOT / "docs"
    measured = {name: _measure(name, arguments, kept, console) for name in arguments.only}
    reports = {name: report for name, report in measured.items() if report is not None}
    write_plots(reports, docs / "plots")
    parts = {Part(name, "bench"): f"{markdown(report)}\n\n{images(name)}" for name, report in reports.items()}
    write_page(docs / "benchmarks.md", parts, template=ROOT / "docs" / "benchmarks.md")
    console.print(f"{(docs / 'benchmarks.md').relative_to(ROOT)} and its plots are written.")
    if failed := sorted(measured.keys() - reports.keys()):
        console.print(f"Failed: {', '.join(failed)}", style="red")
    return 1 if failed else 0


def _measure(name: str, arguments: argparse.Namespace, kept: Path, console: Console) -> Report | None:
    """Measure in a process of its own, and print what it found; None where that failed."""
    with tempfile.TemporaryDirectory(prefix="discovery-bench-", dir=arguments.scratch) as scratch:
        plan = _plan(arguments, Path(scratch))
        out = kept / f"{name}.json"
        command = [sys.executable, "-m", "lab.benchmarks.measure", name, plan.to_json(), str(out)]
        with console.status(f"measuring: {name}"):
            # The function's logs and metrics go where nobody reads them, but they are written. NumPy looks at how many
            # threads it may use when it is imported, which is before the process could adopt the variables itself.
            environment = os.environ | function_variables()
            done = subprocess.run(command, stdout=subprocess.DEVNULL, check=False, cwd=ROOT, env=environment)
    if done.returncode:
        return None
    report = Report.load(out)
    print_report(report, console)
    return report


def _plan(arguments: argparse.Namespace, scratch: Path) -> Plan:
    catalogues, checkout = sources(arguments.catalogue), arguments.against
    bundles = tuple(bundle_of(source) for source in catalogues)
    against = checkout and Against(checkout, tuple(bundle_by(checkout, source) for source in catalogues))
    return Plan(arguments.quick, bundles, arguments.sizes, scratch, against)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m lab.benchmarks", description=__doc__)
    parser.add_argument("--catalogue", type=Path, required=True, help="source or bundle")
    parser.add_argument("--only", type=_names, help=f"of {', '.join(BENCHMARKS)}")
    parser.add_argument("--quick", action="store_true", help="few samples, and the page under .local/bench/quick")
    parser.add_argument("--sizes", type=_sizes, default=_sizes(SIZES), help=f"synthetic catalogues; default: {SIZES}")
    parser.add_argument("--against", type=_checkout, help=f"another checkout, which `{COMPARING}` compares with")
    parser.add_argument("--scratch", type=Path, help="folder for large temporary files")
    arguments = parser.parse_args()
    if arguments.only is None:
        arguments.only = tuple(name for name in BENCHMARKS if name != COMPARING or arguments.against)
    if COMPARING in arguments.only and arguments.against is None:
        parser.error(f"`{COMPARING}` needs another checkout to compare with: AGAINST=/path/to/checkout")
    return arguments


def _names(text: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in text.split(","))
    if unknown := [name for name in names if name not in BENCHMARKS]:
        raise argparse.ArgumentTypeError(f"{', '.join(unknown)}: not among {', '.join(BENCHMARKS)}")
    return names


def _sizes(text: str) -> tuple[int, ...]:
    return tuple(sorted(int(size) for size in text.split(",")))


def _checkout(text: str) -> Path:
    checkout = Path(text).resolve()
    if not (checkout / "functions" / "search" / "app.py").exists():
        raise argparse.ArgumentTypeError(f"{text} is no checkout of the project: it has no functions/search/app.py")
    return checkout


if __name__ == "__main__":
    sys.exit(main())
