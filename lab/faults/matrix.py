"""`make faults`: each fault × {SONA, Valkey} × {cold, cached} through the real handler, and the table of what came.

Beside the environment that meets the fault runs one whose servers are well; their searches alternate, so that what the
machine does to one it does to the other. An answer other than 200, or with a wrong score, is a failure.
"""

import argparse
import functools
import gc
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from rich.console import Console

from lab.catalogues import DEMO, bundle_of
from lab.environments.inline import Environment, environment
from lab.environments.invocation import QUERIES
from lab.faults.cell import Cell, Sample, cells, tables
from lab.faults.fault import Target
from lab.faults.outcome import Outcome
from lab.faults.rig import Rig, rig
from lab.report.circumstances import measured
from lab.servers.bed import share_policy
from local.stack.issuer import Issuer
from local.stack.processes import valkey

WARM_UP = 2 * len(QUERIES)
_NEVER = 1_000_000
_SECTIONS: dict[Target, str] = {"sona": "personalization", "valkey": "cache"}
"""Whose settings have the breaker before a server."""


class Matrix:
    """Runs cells; all of them before one Valkey."""

    def __init__(
        self, bundle: Path, valkey_url: str, issuer: Issuer, broken: Rig, healthy: Rig, *, searches: int
    ) -> None:
        self._valkey_url = valkey_url
        self._broken = broken
        self._beds = broken.bed(bundle, issuer), healthy.bed(bundle, issuer)
        self._searches = searches
        self._people = (f"person-{number}" for number in range(_NEVER))
        self._token_of = functools.cache(issuer.sign)

    def run(self, cell: Cell) -> None:
        """Fill a cell, in environments of its own, which are warm when the fault begins."""
        share_policy(self._valkey_url)
        changes = {_SECTIONS[cell.target]: {"breaker_failures": _NEVER}} if "off" in cell.caching else {}
        before_broken, before_healthy = self._beds
        with (
            environment(before_broken.settings(**changes)) as met,
            environment(before_healthy.settings()) as healthy,
        ):
            regular = next(self._people)
            self._warm_up(regular, met, healthy)
            gc.collect()  # the last cell's environments are its debris, not this one's
            self._broken.suffer(cell.target, cell.fault)
            try:
                for number in range(self._searches):
                    pairs = [(met, cell.met), (healthy, cell.healthy)]
                    for one, samples in pairs if number % 2 else reversed(pairs):
                        user = regular if "cached" in cell.caching else next(self._people)
                        samples.append(self._search(one, number, user))
            finally:
                self._broken.heal()

    def _warm_up(self, user: str, *environments: Environment) -> None:
        """Make connections, and cache the scores of one user for every query."""
        for number in range(WARM_UP):
            for one in environments:
                self._search(one, number, user)

    def _search(self, one: Environment, number: int, user: str) -> Sample:
        return Sample.of(one.search(QUERIES[number % len(QUERIES)], self._token_of(user), explain="true"), user)


@contextmanager
def matrix(searches: int) -> Iterator[Matrix]:
    """A matrix before servers of its own, on the demo catalogue."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = stack.enter_context(valkey(folder))
        broken, healthy = stack.enter_context(rig(url)), stack.enter_context(rig(url))
        yield Matrix(bundle_of(DEMO), url, Issuer(folder), broken, healthy, searches=searches)


def run(arguments: argparse.Namespace, console: Console) -> Outcome:
    """Run the matrix's cells, and print each as it is done."""
    done = []
    with matrix(arguments.searches) as running:
        for cell in cells(arguments.only):
            running.run(cell)
            done.append(cell)
            console.print(f"{cell.target}:", "  ".join(cell.row()), markup=False, highlight=False)
    for table in tables(done):
        console.print(table.printed())
    failures = [
        f"{cell.failures} times: {cell.target} {cell.fault.name}, {cell.caching}" for cell in done if cell.failures
    ]
    return Outcome(_markdown(done, arguments.searches), failures if done else ["there is no such fault"])


def _markdown(done: Sequence[Cell], searches: int) -> str:
    parts = [measured(f"make faults SEARCHES={searches}")]
    for table in tables(done):
        parts += [f"**{table.title}**, {searches} searches a row:", table.markdown()]
    answers, failures = sum(len(cell.met) for cell in done), sum(cell.failures for cell in done)
    parts.append(f"{answers} searches met a fault. Answers other than 200, or with a wrong score: {failures}.")
    return "\n\n".join(parts)
