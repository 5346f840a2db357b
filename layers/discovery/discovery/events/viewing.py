"""What an event tells the person's profile, in SONA's terms, where it tells anything.

    play       seen in part: its minutes as a share of a feature's 90, up to nine tenths; begun (a fifth) without any
    complete   seen to the end
    rate       by its stars; completion does not count then
    dismiss    waved away

A click says that a title looked right and an impression that it was shown: neither is a taste. A place on a list and a
purchase are wishes, which the viewing that follows confirms or not. The catalogue has no running times; a series'
episode that was seen to the end says so with `complete`.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from discovery.api.event_requests import Action
from discovery.api.event_responses import ProfileUse
from discovery.events.outcome import Outcome
from discovery.sona.contract import LONGEST_ID, UpdateRequest, ViewingEvent

_FEATURE_MINUTES = 90.0
_BEGUN, _MOST_BY_MINUTES = 0.2, 0.9
"""Completion of what was begun, where liking starts to rise (sona/liking.py), and the most that minutes alone say."""

WATCHED: Final = ProfileUse(used=True, why="watched")
COMPLETED: Final = ProfileUse(used=True, why="completed")
RATED: Final = ProfileUse(used=True, why="rated")
DISMISSED: Final = ProfileUse(used=True, why="dismissed")
ACTION_NOT_USED: Final = ProfileUse(used=False, why="action_not_used")
ANONYMOUS: Final = ProfileUse(used=False, why="anonymous")
NOT_ACCEPTED: Final = ProfileUse(used=False, why="not_accepted")

_USES = {
    Action.PLAY: WATCHED,
    Action.COMPLETE: COMPLETED,
    Action.RATE: RATED,
    Action.DISMISS: DISMISSED,
}


def profile_use(outcome: Outcome) -> ProfileUse:
    """Whether the profile learns of an event that was accepted, and why."""
    use = _USES.get(Action(outcome.action), ACTION_NOT_USED)
    return ANONYMOUS if use.used and outcome.user is None else use


def update(user_id: str, outcomes: Sequence[Outcome]) -> UpdateRequest | None:
    """What to tell SONA of a signed-in person; None where nothing concerns the profile, or SONA takes no such id."""
    if len(user_id) > LONGEST_ID:
        return None
    events = [_viewing(outcome) for outcome in outcomes if profile_use(outcome).used]
    return UpdateRequest.model_construct(user_id=user_id, events=events) if events else None


def _viewing(outcome: Outcome) -> ViewingEvent:
    return ViewingEvent.model_construct(
        content_id=outcome.content_id,
        timestamp=datetime.fromtimestamp(outcome.time / 1000, UTC),
        completion_rate=_completion(outcome),
        rating=outcome.value if outcome.action == Action.RATE else None,
        dismissed=outcome.action == Action.DISMISS,
    )


def _completion(outcome: Outcome) -> float:
    if outcome.action in (Action.COMPLETE, Action.RATE):
        return 1.0
    if outcome.action == Action.DISMISS:
        return 0.0
    return _BEGUN if outcome.value is None else min(_MOST_BY_MINUTES, outcome.value / _FEATURE_MINUTES)
