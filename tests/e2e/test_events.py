"""Every sample event through `sam local invoke`: the built function, in a container."""

import json
from pathlib import Path
from typing import Any

import pytest

from local.cloudformation import load_template
from local.containers.sam import Sam
from local.stack.deployment import read_deployment
from local.stack.eventbridge import matches
from local.stack.issuer import Issuer
from local.stack.processes import ROOT
from tests.e2e.table import Table

EVENTS = sorted((ROOT / "events").glob("*.json"))
SCOPES = ("personalization:read", "personalization:write", "personalization:admin")
REFUSED = {"unknown-path": 404}
"""The events that are not answered with 200."""


@pytest.mark.parametrize("event", EVENTS, ids=lambda path: path.stem)
def test_an_event_is_answered_as_it_would_be_on_aws(
    event: Path, sam: Sam, state: Path, tmp_path: Path, table: Table
) -> None:
    # Given the event, with a token in place of the words that ask for one
    ready = tmp_path / event.name
    ready.write_text(event.read_text().replace("PASTE-A-TOKEN", Issuer(state).sign("ana", SCOPES)))
    content = json.loads(ready.read_text())

    # When the function that the template sends it to is invoked
    function = function_of(content)
    invocation = sam.invoke(function, ready)

    # Then an HTTP event has its status, and one from EventBridge no answer
    table.add(event.name, function, invocation.status, invocation.seconds)
    expected = REFUSED.get(event.stem, 200) if "routeKey" in content else None
    assert invocation.status == expected, invocation.answer


def function_of(event: dict[str, Any]) -> str:
    """The name, in the template, of the function that gets this event."""
    template = ROOT / "template.yaml"
    deployment = read_deployment(template, stage="dev")
    if "routeKey" in event:
        folder = next(route.function for route in deployment.routes if route.key == event["routeKey"])
    else:
        folder = next(rule.function for rule in deployment.rules if matches(rule.pattern, event))
    resources: dict[str, Any] = load_template(template)["Resources"]
    return next(
        name for name, of in resources.items() if Path(of.get("Properties", {}).get("CodeUri", "")).name == folder
    )
