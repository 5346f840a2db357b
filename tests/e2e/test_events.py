"""Every sample event through `sam local invoke`: the built function, in a container."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from local.cloudformation import load_template
from local.containers.sam import Sam
from local.stack.deployment import read_deployment
from local.stack.eventbridge import matches
from local.stack.issuer import Issuer
from local.stack.keys import sona_token
from local.stack.processes import ROOT
from tests.e2e.table import Table

EVENTS = sorted((ROOT / "events").glob("*.json"))
SCOPES = ("personalization:read", "personalization:write", "personalization:admin", "experiments:read")
OTHERWISE = {"unknown-path": 404, "events-batch": 202, "experiment-results": 404}
"""The events that are not answered with 200."""


@pytest.mark.parametrize("event", EVENTS, ids=lambda path: path.stem)
def test_an_event_is_answered_as_it_would_be_on_aws(
    event: Path, sam: Sam, state: Path, tmp_path: Path, table: Table
) -> None:
    # Given the event, with a token and the time in place of the words that ask for them
    ready = tmp_path / event.name
    pasted = {"PASTE-A-TOKEN": Issuer(state).sign("ana", SCOPES), "PASTE-SONAS-TOKEN": sona_token(state)}
    pasted |= {"PASTE-A-TIME": datetime.now(UTC).isoformat()}
    text = event.read_text()
    for words, value in pasted.items():
        text = text.replace(words, value)
    ready.write_text(text)
    content = json.loads(ready.read_text())

    # When the function that the template sends it to is invoked
    function = function_of(content)
    invocation = sam.invoke(function, ready)

    # Then an HTTP event has its status, one from EventBridge no answer, and one from a stream no failures
    table.add(event.name, function, invocation.status, invocation.seconds)
    expected = OTHERWISE.get(event.stem, 200) if "requestContext" in content else None
    assert invocation.status == expected, invocation.answer
    assert "Records" not in content or invocation.answer == {"batchItemFailures": []}


def function_of(event: dict[str, Any]) -> str:
    """The name, in the template, of the function that gets this event."""
    template = ROOT / "template.yaml"
    deployment = read_deployment(template, stage="dev")
    if "routeKey" in event:
        folder = next(route.function for route in deployment.routes if route.key == event["routeKey"])
    elif "serviceArn" in event.get("requestContext", {}):
        folder = "sona"
    elif event.get("Records", [{}])[0].get("eventSource") == "aws:sqs":
        folder = next(queue.function for queue in deployment.queues)
    elif event.get("detail-type") == "Scheduled Event":
        folder = next(schedule.function for schedule in deployment.schedules)
    elif "Records" in event:
        folder = next(stream.function for stream in deployment.streams)
    else:
        folder = next(rule.function for rule in deployment.rules if matches(rule.pattern, event))
    resources: dict[str, Any] = load_template(template)["Resources"]
    return next(
        name for name, of in resources.items() if Path(of.get("Properties", {}).get("CodeUri", "")).name == folder
    )
