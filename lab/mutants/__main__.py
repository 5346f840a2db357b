"""Mutation tests of the core with mutmut, and docs/mutants.md.

python -m lab.mutants [--only blending,auth]

Ends with exit code 1 where a mutant survives without a reason in lab/mutants/survivors.toml, or one has a reason there
and does not survive.
"""

import argparse
import sys
import time
import tomllib
from collections.abc import Sequence
from pathlib import Path

from lab.mutants import page
from lab.mutants.mutant import tried
from lab.mutants.reasons import complaints, doubtful, read_reasons
from lab.mutants.workspace import lay_out, run
from lab.report.page import Part, check_page, write_page
from lab.report.terminal import terminal
from local.stack.processes import ROOT

PAGE = ROOT / "docs" / "mutants.md"
PART = Part("mutants", "mutants")
_REASONS = Path(__file__).with_name("survivors.toml")
_WORKSPACE = ROOT / ".local" / "mutants"
_LOG = ROOT / ".local" / "logs" / "mutants.log"


def main() -> int:
    """Run the mutants; returns the exit code."""
    only, modules = _asked_for()
    reasons = read_reasons(_REASONS)
    check_page(PAGE, [PART])

    began = time.monotonic()
    lay_out(ROOT, _WORKSPACE)
    if code := run(_WORKSPACE, [f"discovery.{module}.*" for module in modules] if only else [], _LOG):
        print(f"mutmut failed; see {_LOG}", file=sys.stderr)
        return code
    mutants = [mutant for mutant in tried(_WORKSPACE) if mutant.module in modules]
    if again := doubtful(mutants, reasons):  # a busy machine fails a test now and then
        run(_WORKSPACE, again, _LOG)
        mutants = [mutant for mutant in tried(_WORKSPACE) if mutant.module in modules]

    table = page.table(mutants)
    terminal().print(table.printed())
    print(f"{time.monotonic() - began:.0f} s")
    if not only:
        write_page(PAGE, {PART: f"{table.markdown()}\n\n### Survivors\n\n{page.survivors(mutants, reasons)}"})
        print(f"{PAGE.relative_to(ROOT)} is written.")
    wrong = complaints([mutant.change for mutant in mutants if mutant.change is not None], reasons, modules)
    for complaint in wrong:
        print(complaint)
    return 1 if wrong else 0


def _asked_for() -> tuple[bool, Sequence[str]]:
    """Whether only some modules are asked for, and the modules."""
    parser = argparse.ArgumentParser(prog="python -m lab.mutants", description=__doc__)
    parser.add_argument("--only", default="", help="parts of modules' names, such as `blending,auth`")
    parts = [part for part in parser.parse_args().only.split(",") if part]
    modules = [name for name in modules_to_mutate() if not parts or any(part in name for part in parts)]
    if not modules:
        parser.error("no such module; they are listed in pyproject.toml, [tool.mutmut]")
    return bool(parts), modules


def modules_to_mutate() -> Sequence[str]:
    """The modules of `discovery` that the configuration names, such as `policy.parser`."""
    configured = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["mutmut"]["only_mutate"]
    return [".".join(Path(path).with_suffix("").parts[2:]) for path in configured]


if __name__ == "__main__":
    sys.exit(main())
