"""What the table of `make fuzz` says, from events as schemathesis writes them."""

import json
from typing import Any

from rich.console import Console

from tools.fuzz.report import Outcome, outcomes, table


def scenario(label: str, *cases: tuple[int | None, str | None]) -> str:
    """An event of cases, each with its response's status and the title of its failed check."""
    recorder: dict[str, Any] = {"label": label, "cases": {}, "checks": {}, "interactions": {}}
    for number, (status, failed) in enumerate(cases):
        name = f"case{number}"
        recorder["cases"][name] = {}
        recorder["interactions"][name] = {"response": None if status is None else {"status_code": status}}
        failure = {"failure": {"code": "ST103", "title": failed}}
        recorder["checks"][name] = [
            {"name": "not_a_server_error", "status": "success"},
            *([{"name": "a", "status": "failure", "failure_info": failure}] if failed else []),
        ]
    return json.dumps({"ScenarioFinished": {"phase": "fuzzing", "recorder": recorder}})


def test_cases_statuses_and_failures_are_counted_by_operation_over_all_phases() -> None:
    events = [
        json.dumps({"EngineStarted": {"id": "1"}}),
        json.dumps({"ScenarioFinished": {"phase": "examples", "recorder": {"label": "GET /skipped"}}}),
        scenario("GET /a", (200, None), (404, "Undocumented status code")),
        scenario("POST /a", (422, None)),
        scenario("GET /a", (404, "Undocumented status code"), (None, None)),
    ]

    found = outcomes(events)

    assert list(found) == ["GET /a", "POST /a"]
    assert found["GET /a"].cases == 4
    assert found["GET /a"].statuses == {"200": 1, "404": 2, "none": 1}
    assert found["GET /a"].failures == {"ST103 Undocumented status code": 2}
    assert not found["POST /a"].failures


def test_the_table_has_a_row_for_each_caller_and_operation() -> None:
    console = Console(width=120)
    first = outcomes([scenario("GET /a", (200, None), (404, "Undocumented status code"))])

    with console.capture() as printed:
        console.print(table({"anonymous": first, "operator": {"GET /a": Outcome(3)}}))

    rows = [line.split() for line in printed.get().splitlines()]
    assert rows[1] == ["anonymous", "GET", "/a", "2", "200×1", "404×1", "ST103", "Undocumented", "status", "code:", "1"]
    assert rows[2] == ["operator", "GET", "/a", "3", "–"]
