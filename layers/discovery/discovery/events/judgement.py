"""Judging events: what each says, whose it is, which search it belongs to, or why it is refused. Pure."""

from collections.abc import Container
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from discovery.api.event_requests import UbiEvent
from discovery.api.event_responses import EventVerdict, Refusal, Verdict
from discovery.events.outcome import Join, Outcome
from discovery.events.sender import Sender
from discovery.events.viewing import NOT_ACCEPTED, profile_use
from discovery.privacy.search_id import verify

MOST_AHEAD_SECONDS = 5 * 60
"""By which a client's clock may be fast."""
MOST_AGE_SECONDS = 30 * 86_400


@dataclass(frozen=True)
class Judged:
    """An event, and what became of it."""

    verdict: EventVerdict
    outcome: Outcome | None = None
    """Where it was accepted."""

    @property
    def as_duplicate(self) -> "Judged":
        """The same where an event of its id was accepted before."""
        changes = {"verdict": Verdict.DUPLICATE, "profile": NOT_ACCEPTED}
        return Judged(self.verdict.model_copy(update=changes))


class _Refused(Exception):
    def __init__(self, reason: Refusal, field: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.field = field


def judge(event: object, sender: Sender, titles: Container[str], now: float) -> Judged:
    """Judge one event as it was sent; `titles` holds the id of its title if there is one, `now` is Unix seconds."""
    event_id = _event_id(event)
    if sender.not_kept is not None:
        return Judged(_verdict(event_id, Verdict.NOT_KEPT, sender.not_kept))
    try:
        outcome = _outcome(_read(event), sender, titles, now)
    except _Refused as refused:
        return Judged(_verdict(event_id, Verdict.REFUSED, refused.reason, refused.field))
    verdict = EventVerdict(
        event_id=event_id, verdict=Verdict.ACCEPTED, search=outcome.search, profile=profile_use(outcome)
    )
    return Judged(verdict, outcome)


def _verdict(event_id: str | None, verdict: Verdict, reason: Refusal, field: str | None = None) -> EventVerdict:
    return EventVerdict(event_id=event_id, verdict=verdict, reason=reason, field=field, profile=NOT_ACCEPTED)


def content_id(event: object) -> str | None:
    """The title that an event says it is of, whatever else is wrong with it."""
    match event:
        case {"event_attributes": {"object": {"object_id": str(content_id)}}}:
            return content_id
    return None


def _event_id(event: object) -> str | None:
    """The id that a client finds its event by, whatever else is wrong with it."""
    match event:
        case {"event_attributes": {"event_id": str(event_id)}} if len(event_id) <= 64 and event_id.isprintable():  # noqa: PLR2004 - as in UbiEvent
            return event_id
    return None


def _read(event: object) -> UbiEvent:
    try:
        return UbiEvent.model_validate(event)
    except ValidationError as error:
        first: Any = error.errors(include_url=False, include_context=False, include_input=False)[0]
        field = ".".join(map(str, first["loc"]))
        if first["type"] == "stars":
            raise _Refused(Refusal.INVALID, "event_attributes.value") from error
        is_unknown = first["loc"] == ("action_name",) and first["type"] == "enum"
        raise _Refused(Refusal.UNKNOWN_ACTION if is_unknown else Refusal.INVALID, field or "event") from error


def _outcome(event: UbiEvent, sender: Sender, titles: Container[str], now: float) -> Outcome:
    at = event.timestamp.timestamp()
    if at > now + MOST_AHEAD_SECONDS:
        raise _Refused(Refusal.FUTURE, "timestamp")
    if at < now - MOST_AGE_SECONDS:
        raise _Refused(Refusal.TOO_OLD, "timestamp")
    attributes = event.event_attributes
    if attributes.object.object_id not in titles:
        raise _Refused(Refusal.UNKNOWN_TITLE, "event_attributes.object.object_id")
    if sender.user is None and event.client_id is None:
        raise _Refused(Refusal.INVALID, "client_id")
    search = _search(event.query_id, sender)
    return Outcome(
        event_id=attributes.event_id,
        user=sender.user,
        client=sender.client(event.client_id or ""),
        search_id=event.query_id if search == "joined" else None,
        search=search,
        action=event.action_name.value,
        content_id=attributes.object.object_id,
        position=attributes.position.ordinal if attributes.position else None,
        value=attributes.value,
        time=int(at * 1000),
        received=int(now * 1000),
        session_id=event.session_id,
        application=event.application,
    )


def _search(query_id: str | None, sender: Sender) -> Join:
    """Whose search it was: this person's, or one for which nobody was looked up, as an anonymous one is."""
    if query_id is None:
        return "none"
    whose = (sender.user, None) if sender.user is not None else (None,)
    return "joined" if any(verify(sender.key, user, query_id) is not None for user in whose) else "foreign"
