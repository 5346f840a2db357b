"""A cell of the fault matrix: one fault, met by searches that are cold or cached, and its row in the table."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Literal, Self

from discovery.statistics.percentiles import percentile
from lab.environments.inline import Answer
from lab.faults.fault import FAULTS, Fault, Target
from lab.report.table import Table
from lab.servers.scores import wrong_scores

Caching = Literal["cold", "cold, breaker off", "cached", "cached, breaker off"]
"""Whether Valkey has the scores, and whether the target's circuit breaker lets all searches meet the fault."""

_CACHINGS: dict[Target, tuple[Caching, ...]] = {
    "sona": ("cold", "cold, breaker off", "cached"),
    "valkey": ("cold", "cached", "cached, breaker off"),
}

_TITLES: dict[Target, str] = {"sona": "SONA", "valkey": "Valkey"}
_HEADER = ("fault", "cache", "200s", "applied + partial", "p50, ms", "p99, ms", "p99 − healthy, ms", "reasons")


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
        found = answer.personalization
        status, reason = found.get("status", "none"), found.get("reason")
        return cls(answer.status, answer.milliseconds, status, reason, wrong_scores(answer.body, user))


@dataclass
class Cell:
    """The fault, and what the searches that met it said, beside others whose servers were well."""

    target: Target
    fault: Fault
    caching: Caching
    met: list[Sample] = field(default_factory=list)
    healthy: list[Sample] = field(default_factory=list)

    @property
    def failures(self) -> int:
        """Answers other than 200, and answers with a score that is anybody else's or made up."""
        return sum(sample.status != HTTPStatus.OK or sample.wrong_scores > 0 for sample in self.met)

    def row(self) -> tuple[str, ...]:
        """The table's row."""
        outcomes = Counter(sample.outcome for sample in self.met)
        reasons = Counter(sample.reason or "–" for sample in self.met)
        met, healthy = ([sample.milliseconds for sample in samples] for samples in (self.met, self.healthy))
        return (
            self.fault.name,
            self.caching,
            f"{sum(sample.status == HTTPStatus.OK for sample in self.met) / len(self.met):.0%}",
            f"{outcomes['applied']} + {outcomes['partial']}",
            f"{percentile(met, 0.5):.1f}",
            f"{percentile(met, 0.99):.1f}",
            f"{percentile(met, 0.99) - percentile(healthy, 0.99):+.1f}",
            ", ".join(f"{reason} {count}" for reason, count in reasons.most_common()),
        )


def cells(only: str) -> Iterator[Cell]:
    """The matrix's cells whose target and fault, as `target: fault`, contain a text."""
    for target, faults in FAULTS.items():
        for fault in faults:
            if only in f"{target}: {fault.name}":
                yield from (Cell(target, fault, caching) for caching in _CACHINGS[target])


def tables(done: Sequence[Cell]) -> list[Table]:
    """A table for each server that had faults."""
    by_target = {target: [cell.row() for cell in done if cell.target == target] for target in _TITLES}
    return [Table(_HEADER, rows, title=_TITLES[target], words=(0, 1, 7)) for target, rows in by_target.items() if rows]
