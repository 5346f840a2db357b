"""`python -m tools.fuzz`: ask the API as anybody, as a person and as an operator, and print what came of it.

The exit code is 1 if a check failed or schemathesis could not finish.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console

from discovery.api.auth import ADMIN_SCOPE, READ_SCOPE, WRITE_SCOPE
from local.stack.processes import ROOT
from tools.fuzz.report import Outcome, outcomes, table
from tools.fuzz.stack import RunningStack, running_stack

CALLERS: dict[str, tuple[str, ...] | None] = {
    "anonymous": None,
    "person": (),
    "operator": (READ_SCOPE, WRITE_SCOPE, ADMIN_SCOPE),
}
"""Scopes of the callers' tokens; None for no token."""

_CONFIGURATION = ROOT / "tools/fuzz/schemathesis.toml"
_SCHEMATHESIS = ROOT / ".venv-fuzz/bin/schemathesis"


def main() -> int:
    """Run; returns the exit code."""
    arguments = _parser().parse_args()
    results: dict[str, dict[str, Outcome]] = {}
    finished = True
    with tempfile.TemporaryDirectory() as folder, running_stack(arguments.catalogue, Path(folder)) as stack:
        for place, (caller, scopes) in enumerate(CALLERS.items()):
            events = Path(folder) / f"{caller}.ndjson"
            asked = _ask(stack, scopes, events, arguments.examples, arguments.seed + place)
            results[caller] = outcomes(events.read_text(encoding="utf-8").splitlines()) if events.exists() else {}
            if asked.returncode != 0:
                print(f"── as {caller} ──\n{asked.stdout}")
                finished = False
    Console(width=200).print(table(results))
    every = [outcome for by_operation in results.values() for outcome in by_operation.values()]
    failures = sum(outcome.failures.total() for outcome in every)
    print(f"{sum(outcome.cases for outcome in every)} cases, {failures} failures; seed {arguments.seed}")
    return 0 if finished and every and not failures else 1


def _ask(
    stack: RunningStack, scopes: tuple[str, ...] | None, events: Path, examples: int, seed: int
) -> subprocess.CompletedProcess[str]:
    command = [str(_SCHEMATHESIS), "--no-color", "--config-file", str(_CONFIGURATION), "run"]
    command += [f"{stack.url}/openapi.json", "--checks", "all", "--max-examples", str(examples)]
    command += ["--seed", str(seed), "--report", "ndjson", "--report-ndjson-path", str(events)]
    if scopes is not None:
        command += ["--header", f"Authorization: Bearer {stack.issuer.sign('ana', scopes)}"]
    # For schemathesis's own environment, which imports the hooks from here.
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.run(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.fuzz", description="Ask the API from its own description.")
    parser.add_argument("--catalogue", type=Path, required=True, help="folder of an index bundle")
    parser.add_argument(
        "--examples", type=int, default=50, help="cases of an operation and caller in the fuzzing phase"
    )
    parser.add_argument("--seed", type=int, default=1, help="what decides the cases; each caller has the next")
    return parser


if __name__ == "__main__":
    sys.exit(main())
