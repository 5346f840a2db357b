"""Answers: a status, and JSON."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sona.engine import Scored
from sona.words import in_words

_DECIMALS = 6


@dataclass(frozen=True)
class Answer:
    """An HTTP answer; its body is sent as JSON."""

    status: int
    body: Mapping[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict)


OK = 200


def refusal(status: int, error: str, **more: str) -> Answer:
    """An answer that says what is wrong by a code."""
    return Answer(status, {"error": error, **more})


def scored(one: Scored, *, explain: bool = False, named: bool = False) -> dict[str, Any]:
    """A score as it is sent: its components, rounded, add up to it."""
    components = {name: round(part, _DECIMALS) for name, part in one.parts.items()}
    sent: dict[str, Any] = {"content_id": one.content_id}
    if named:
        sent["title"] = one.title
    sent |= {"score": round(sum(components.values()), _DECIMALS), "components": components}
    if explain:
        because = [{"content_id": title.content_id, "title": title.title} for title in one.because]
        sent |= {"because_you_liked": because, "reason": in_words(one)}
    return sent
