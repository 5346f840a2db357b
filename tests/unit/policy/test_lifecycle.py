"""Draft, running, paused, completed: which steps there are, and what they leave as it is."""

import json

import pytest

from discovery.errors import RequestInvalid
from discovery.policy.lifecycle import Step, as_draft, stepped

MEMBERS = {"name": "spring", "traffic_allocation": 0.1, "variants": {"control": 0.5, "other": 0.5}, "layer": "page"}


def document(status: str | None = None) -> str:
    return json.dumps(MEMBERS | ({} if status is None else {"status": status}))


@pytest.mark.parametrize(
    ("before", "step", "after"),
    [
        ("draft", "start", "running"),
        ("running", "pause", "paused"),
        (None, "pause", "paused"),
        ("paused", "resume", "running"),
        ("running", "complete", "completed"),
        ("paused", "complete", "completed"),
    ],
)
def test_a_step_changes_the_status_and_nothing_else(before: str | None, step: Step, after: str) -> None:
    assert json.loads(stepped(document(before), step)) == MEMBERS | {"status": after}


@pytest.mark.parametrize(
    ("before", "step", "said"),
    [
        ("completed", "resume", "spring is completed; only one that is paused can be resumed"),
        ("completed", "start", "only one that is draft can be started"),
        ("draft", "pause", "only one that is running can be paused"),
        ("draft", "complete", "only one that is running or paused can be completed"),
    ],
)
def test_a_step_from_elsewhere_is_refused_with_where_it_is(before: str, step: Step, said: str) -> None:
    with pytest.raises(RequestInvalid, match=said):
        stepped(document(before), step)


@pytest.mark.parametrize(("status", "step"), [("paused", "pause"), ("running", "start"), ("completed", "complete")])
def test_a_step_that_was_taken_changes_nothing(status: str, step: Step) -> None:
    assert stepped(document(status), step) == document(status)


@pytest.mark.parametrize(("text", "said"), [("{", "not JSON"), ("{}", "no experiment"), ("[1]", "not a JSON object")])
def test_what_is_no_experiment_takes_no_step(text: str, said: str) -> None:
    with pytest.raises(RequestInvalid, match=said):
        stepped(text, "start")


def test_what_is_created_begins_as_a_draft() -> None:
    assert json.loads(as_draft(document("running"))) == MEMBERS | {"status": "draft"}


@pytest.mark.parametrize("text", ["{", "[1]", "7"])
def test_what_is_no_document_is_left_for_the_parser_to_refuse(text: str) -> None:
    assert as_draft(text) == text
