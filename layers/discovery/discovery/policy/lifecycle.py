"""The life of an experiment: draft, running, paused, completed; and the steps between. Pure."""

import json
from typing import Literal

from discovery.errors import RequestInvalid
from discovery.experiments.experiment import Status
from discovery.experiments.parser import parse_experiment

Step = Literal["start", "pause", "resume", "complete"]

_FROM: dict[Step, tuple[Status, ...]] = {
    "start": ("draft",),
    "pause": ("running",),
    "resume": ("paused",),
    "complete": ("running", "paused"),
}
_TO: dict[Step, Status] = {"start": "running", "pause": "paused", "resume": "running", "complete": "completed"}


def stepped(document: str, step: Step) -> str:
    """An experiment's document after a step; the same where the step was taken already.

    Raises:
        RequestInvalid: the step can't be taken from where the experiment is, or the document is no experiment.
    """
    try:
        experiment = parse_experiment(document)
    except ValueError as error:
        raise RequestInvalid("name", f"It is refused as it is, so mend it first: {error}.") from None
    if experiment is None:
        raise RequestInvalid("name", "There is no experiment in the parameter.")
    if experiment.status == _TO[step]:
        return document
    if experiment.status not in _FROM[step]:
        possible = " or ".join(_FROM[step])
        message = f"{experiment.name} is {experiment.status}; only one that is {possible} can be {_past(step)}."
        raise RequestInvalid("name", message)
    return json.dumps(json.loads(document) | {"status": _TO[step]}, ensure_ascii=False)


def as_draft(document: str) -> str:
    """The document of an experiment that is to begin as a draft, whatever status it has; not yet checked."""
    try:
        members = json.loads(document)
    except (ValueError, RecursionError):
        return document
    return json.dumps(members | {"status": "draft"}, ensure_ascii=False) if isinstance(members, dict) else document


def _past(step: Step) -> str:
    return {"start": "started", "pause": "paused", "resume": "resumed", "complete": "completed"}[step]
