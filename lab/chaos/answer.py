"""What came of a search, and whether that is what a search may answer."""

import json
from dataclasses import dataclass
from http import HTTPStatus
from typing import Literal

from pydantic import ValidationError

from discovery.api.search_responses import SearchResponse
from lab.servers.scores import wrong_scores

Verdict = Literal["right", "wrong", "lost"]
"""Lost: no environment answered. Wrong: one did, but with no 200, no search response, or another person's scores."""

_GATEWAYS_OWN = {"message"}
"""The fields of API Gateway's error where the function has not answered; errors of the function itself have a title."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What came over HTTP."""

    due: float
    """When the search was to begin, in seconds from the load's beginning."""
    milliseconds: float
    """From then to the end of the answer: what a late beginning costs is in it."""
    status: int | None
    """None where the connection ended or time ran out."""
    content: bytes
    user: str


@dataclass(frozen=True, slots=True)
class Answer:
    """A reply, judged."""

    due: float
    milliseconds: float
    status: int | None
    verdict: Verdict
    outcome: str = "none"
    """The status of personalization."""
    reason: str | None = None

    @property
    def is_well(self) -> bool:
        """Whether nothing was amiss: a right answer, wholly personalized."""
        return self.verdict == "right" and self.outcome == "applied" and self.reason is None


def judged(reply: Reply) -> Answer:
    """Judge a reply to the person who searched."""
    if reply.status is None or _is_gateways_own(reply):
        return Answer(reply.due, reply.milliseconds, reply.status, "lost")
    if reply.status != HTTPStatus.OK:
        return Answer(reply.due, reply.milliseconds, reply.status, "wrong")
    try:
        found = SearchResponse.model_validate_json(reply.content).personalization
    except ValidationError:
        return Answer(reply.due, reply.milliseconds, reply.status, "wrong")
    is_wrong = wrong_scores(json.loads(reply.content), reply.user) > 0
    verdict: Verdict = "wrong" if is_wrong else "right"
    return Answer(reply.due, reply.milliseconds, reply.status, verdict, found.status, found.reason)


def _is_gateways_own(reply: Reply) -> bool:
    if reply.status is None or reply.status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return False
    try:
        body = json.loads(reply.content)
    except ValueError:
        return False
    return isinstance(body, dict) and body.keys() == _GATEWAYS_OWN
