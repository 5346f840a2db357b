"""`python -m tools.fuzz`: ask the API as anybody, as a person and as an operator, and print what came of it.

The exit code is 1 if a check failed or schemathesis could not finish.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from rich.console import Console

from discovery.api.auth import ADMIN_SCOPE, READ_SCOPE, WRITE_SCOPE
from tools.fuzz.asking import Asked, ask
from tools.fuzz.report import table
from tools.fuzz.stack import running_stack

CALLERS: dict[str, tuple[str, ...] | None] = {
    "anonymous": None,
    "person": (),
    "operator": (READ_SCOPE, WRITE_SCOPE, ADMIN_SCOPE),
}
"""Scopes of the callers' tokens; None for no token."""


def main() -> int:
    """Run; returns the exit code."""
    arguments = _parser().parse_args()
    with tempfile.TemporaryDirectory() as name, running_stack(arguments.catalogue, Path(name)) as stack:
        asked = {
            caller: ask(
                stack.url,
                None if scopes is None else stack.issuer.sign("ana", scopes),
                Path(name),
                examples=arguments.examples,
                seed=arguments.seed + place,
            )
            for place, (caller, scopes) in enumerate(CALLERS.items())
        }
    _print(asked, arguments.seed)
    return 0 if all(of.passed and of.outcomes for of in asked.values()) else 1


def _print(asked: dict[str, Asked], seed: int) -> None:
    for caller, of in asked.items():
        if not of.passed:
            print(f"── as {caller} ──\n{of.printed}")
    Console(width=200).print(table({caller: of.outcomes for caller, of in asked.items()}))
    every = [outcome for of in asked.values() for outcome in of.outcomes.values()]
    cases, failures = sum(outcome.cases for outcome in every), sum(outcome.failures.total() for outcome in every)
    print(f"{cases} cases, {failures} failures, {sum(of.excused for of in asked.values())} excused; seed {seed}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.fuzz", description="Ask the API from its own description.")
    parser.add_argument("--catalogue", type=Path, required=True, help="folder of an index bundle")
    parser.add_argument("--examples", type=int, default=50, help="of an operation and caller, besides the fixed ones")
    parser.add_argument("--seed", type=int, default=1, help="what decides the cases; each caller has the next")
    return parser


if __name__ == "__main__":
    sys.exit(main())
