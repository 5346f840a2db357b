"""What goes out over the border of events: a verdict on each, in the order in which they were sent."""

from enum import StrEnum
from typing import Literal

from discovery.names import Frozen


class Verdict(StrEnum):
    """What became of an event."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    """One of this id was accepted before; nothing changed."""
    REFUSED = "refused"
    NOT_KEPT = "not_kept"
    """It was counted, and nothing of it is kept."""


class Refusal(StrEnum):
    """Why an event was not accepted."""

    UNKNOWN_ACTION = "unknown_action"
    FUTURE = "future"
    TOO_OLD = "too_old"
    UNKNOWN_TITLE = "unknown_title"
    INVALID = "invalid"
    OPTED_OUT = "opted_out"
    PRIVACY_CONTROL = "privacy_control"
    ANONYMOUS_NOT_KEPT = "anonymous_not_kept"


class ProfileUse(Frozen):
    """Whether the person's profile learns of an event."""

    used: bool
    why: Literal["watched", "completed", "rated", "dismissed", "action_not_used", "anonymous", "not_accepted"]


class EventVerdict(Frozen):
    """What became of one event."""

    event_id: str | None
    """Null where the event has none that can be read."""
    verdict: Verdict
    reason: Refusal | None = None
    """Null for an event that was accepted, now or before."""
    field: str | None = None
    """The member that is wrong."""
    search: Literal["joined", "none", "foreign"] = "none"
    """Whether it belongs to a search that was this person's; foreign: that search was another's, or none of ours."""
    profile: ProfileUse


class EventsResponse(Frozen):
    """The answer to a batch of events."""

    accepted: int
    duplicates: int
    refused: int
    not_kept: int
    events: tuple[EventVerdict, ...]
