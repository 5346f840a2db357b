"""What schemathesis's report of events (NDJSON) says of each operation: cases, statuses, failures by kind."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from rich.table import Table


@dataclass(frozen=True)
class Outcome:
    """What became of one operation."""

    cases: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    """Responses by status."""
    failures: Counter[str] = field(default_factory=Counter)
    """Failed checks by kind: schemathesis's code and title."""

    def __add__(self, other: "Outcome") -> "Outcome":
        return Outcome(self.cases + other.cases, self.statuses + other.statuses, self.failures + other.failures)


def outcomes(lines: Iterable[str]) -> dict[str, Outcome]:
    """The outcome by operation, such as "GET /v1/search", in the order of the events."""
    found: dict[str, Outcome] = {}
    for line in lines:
        event = json.loads(line).get("ScenarioFinished")
        recorder = event["recorder"] if event else {}
        if recorder.get("cases"):
            operation = recorder["label"]
            found[operation] = found.get(operation, Outcome()) + _outcome(recorder)
    return found


def table(by_caller: dict[str, dict[str, Outcome]]) -> Table:
    """A row for each caller and operation."""
    rows = Table("caller", "operation", "cases", "statuses", "failures", box=None, pad_edge=False)
    for caller, by_operation in by_caller.items():
        for operation, outcome in by_operation.items():
            failures = ", ".join(f"{kind}: {count}" for kind, count in outcome.failures.most_common()) or "–"
            rows.add_row(caller, operation, str(outcome.cases), _counts(outcome.statuses), failures)
    return rows


def _counts(statuses: Counter[str]) -> str:
    return " ".join(f"{status}×{count}" for status, count in sorted(statuses.items()))


def _outcome(recorder: dict[str, dict[str, dict[str, object]]]) -> Outcome:
    answers = [interaction.get("response") for interaction in recorder.get("interactions", {}).values()]
    failures = Counter(
        f"{info['code']} {info['title']}"
        for checks in recorder.get("checks", {}).values()
        for check in checks
        if (info := _failure(check)) is not None
    )
    statuses = Counter(str(answer["status_code"]) if isinstance(answer, dict) else "none" for answer in answers)
    return Outcome(len(recorder["cases"]), statuses, failures)


def _failure(check: object) -> dict[str, str] | None:
    if not isinstance(check, dict) or check["status"] == "success":
        return None
    failure: dict[str, str] = check["failure_info"]["failure"]
    return failure
