"""`make faults`: each fault × {SONA, Valkey} × {cold, cached} through the real handler, and the table of what came.

Beside the environment that meets the fault runs one whose servers are well; their searches alternate, so that what the
machine does to one it does to the other. Ends with exit code 1 where an answer was not 200 or held a wrong score.
"""

import argparse
import gc
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Literal, Self

from lab.faults.environment import Answer, Environment, environment, nowhere_else, share_policy
from lab.faults.fault import FAULTS, Fault, Target
from lab.faults.load import QUERIES, demo_bundle, functions_log, provenance, say, token_of, write_between
from lab.faults.rig import Rig, rig
from local.stack.processes import ROOT, valkey

Caching = Literal["cold", "cold, breaker off", "cached"]

WARM_UP = 2 * len(QUERIES)
_NEVER = 1_000_000
_TITLES: dict[Target, str] = {"sona": "SONA", "valkey": "Valkey"}


@dataclass(frozen=True)
class Sample:
    """What is kept of an answer: whole ones, by the thousand, would put the garbage collector into the figures."""

    status: int
    milliseconds: float
    outcome: str
    reason: str | None
    wrong_scores: int

    @classmethod
    def of(cls, answer: Answer, user: str) -> Self:
        """Judge an answer to this user."""
        block = answer.block
        status, reason = block.get("status", "none"), block.get("reason")
        return cls(answer.status, answer.milliseconds, status, reason, answer.wrong_scores(user))


@dataclass
class Cell:
    """One fault, met by searches that are cold or cached."""

    target: Target
    fault: Fault
    caching: Caching
    met: list[Sample] = field(default_factory=list)
    healthy: list[Sample] = field(default_factory=list)

    @property
    def failures(self) -> int:
        """Answers other than 200, and answers with a score that is anybody else's or made up."""
        return sum(sample.status != HTTPStatus.OK or sample.wrong_scores > 0 for sample in self.met)

    def row(self) -> str:
        """The table's row."""
        outcomes = Counter(sample.outcome for sample in self.met)
        reasons = Counter(sample.reason or "–" for sample in self.met)
        whole = [sample.milliseconds for sample in self.met]
        p99 = percentile(whole, 99)
        cells = [
            self.fault.name,
            self.caching,
            f"{sum(sample.status == HTTPStatus.OK for sample in self.met) / len(self.met):.0%}",
            f"{outcomes['applied']} + {outcomes['partial']}",
            f"{percentile(whole, 50):.1f}",
            f"{p99:.1f}",
            f"{p99 - percentile([sample.milliseconds for sample in self.healthy], 99):+.1f}",
            ", ".join(f"{reason} {count}" for reason, count in reasons.most_common()),
        ]
        return f"| {' | '.join(cells)} |"


HEAD = (
    "| fault | cache | 200s | applied + partial | p50, ms | p99, ms | p99 − healthy, ms | reasons |\n"
    "|---|---|--:|--:|--:|--:|--:|---|"
)


def percentile(values: Sequence[float], percent: int) -> float:
    """The nearest-rank percentile."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)]


class Matrix:
    """Runs cells; all of them before one Valkey."""

    def __init__(self, bundle: Path, valkey_url: str, broken: Rig, healthy: Rig, searches: int) -> None:
        self._bundle = bundle
        self._valkey_url = valkey_url
        self._broken = broken
        self._healthy = healthy
        self._searches = searches
        self._people = (f"person-{number}" for number in range(_NEVER))

    def run(self, cell: Cell) -> None:
        """Fill a cell, in environments of its own, which are warm when the fault begins."""
        share_policy(self._valkey_url)
        changes = {"breaker_failures": _NEVER} if "off" in cell.caching else {}
        with (
            environment(self._bundle, self._broken, **changes) as met,
            environment(self._bundle, self._healthy) as healthy,
        ):
            regular = next(self._people)
            self._warm_up(regular, met, healthy)
            gc.collect()  # the last cell's environments are its debris, not this one's
            self._broken.suffer(cell.target, cell.fault)
            try:
                for number in range(self._searches):
                    pairs = [(met, cell.met), (healthy, cell.healthy)]
                    for one, samples in pairs if number % 2 else reversed(pairs):
                        user = regular if cell.caching == "cached" else next(self._people)
                        samples.append(self._search(one, number, user))
            finally:
                self._broken.heal()

    def _warm_up(self, user: str, *environments: Environment) -> None:
        """Make connections, and cache the scores of one user for every query."""
        for number in range(WARM_UP):
            for one in environments:
                self._search(one, number, user)

    def _search(self, one: Environment, number: int, user: str) -> Sample:
        answer = one.search(QUERIES[number % len(QUERIES)], token_of(user), explain="true")
        return Sample.of(answer, user)


def cells(only: str) -> Iterator[Cell]:
    """The matrix's cells whose target and fault, as `target: fault`, contain a text."""
    for target, faults in FAULTS.items():
        cachings: tuple[Caching, ...] = ("cold", "cached")
        if target == "sona":
            cachings = ("cold", "cold, breaker off", "cached")  # with it, few searches meet the fault at all
        for fault in faults:
            if only in f"{target}: {fault.name}":
                yield from (Cell(target, fault, caching) for caching in cachings)


@contextmanager
def matrix(searches: int) -> Iterator[Matrix]:
    """A matrix before servers of its own."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = stack.enter_context(valkey(folder))
        broken, healthy = stack.enter_context(rig(url)), stack.enter_context(rig(url))
        stack.enter_context(functions_log(ROOT / ".local" / "logs" / "faults.log"))
        yield Matrix(demo_bundle(), url, broken, healthy, searches)


def report(done: Sequence[Cell], command: str) -> str:
    """Both tables, and what they sum up to."""
    parts = [provenance(command)]
    for target, title in _TITLES.items():
        rows = [cell.row() for cell in done if cell.target == target]
        if rows:
            parts.append("\n".join([f"**{title}**, {len(done[0].met)} searches a row:", "", HEAD, *rows]))
    answers = sum(len(cell.met) for cell in done)
    failures = sum(cell.failures for cell in done)
    parts.append(f"{answers} searches met a fault. Answers other than 200, or with a wrong score: {failures}.")
    return "\n\n".join(parts)


def main() -> int:
    """Run the matrix; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--searches", type=int, default=200, help="in each cell")
    parser.add_argument("--only", default="", help="a part of `sona: hangs`; the document is then left alone")
    arguments = parser.parse_args()
    nowhere_else()
    done = []
    with matrix(arguments.searches) as running:
        say(HEAD)
        for cell in cells(arguments.only):
            running.run(cell)
            done.append(cell)
            say(cell.row())
    if not arguments.only:
        write_between("fault matrix", report(done, f"make faults SEARCHES={arguments.searches}"))
    return 0 if done and not any(cell.failures for cell in done) else 1


if __name__ == "__main__":
    sys.exit(main())
