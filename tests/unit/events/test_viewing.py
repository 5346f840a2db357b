"""What events tell a profile."""

from typing import Any

import pytest

from discovery.api.auth import Caller
from discovery.events.judgement import judge
from discovery.events.outcome import Outcome
from discovery.events.sender import Sender
from discovery.events.viewing import profile_use, update
from discovery.sona.contract import UpdateRequest
from tests.eventing import NOW, ubi

SENDER = Sender.of(Caller("ana"), b"key", anonymous=True)


def outcome(action: str, **changes: Any) -> Outcome:
    found = judge(ubi(action, **changes), SENDER, {"alien-1979"}, NOW).outcome
    assert found is not None
    return found


def told(*outcomes: Outcome) -> list[dict[str, Any]]:
    request = update("ana", outcomes)
    assert request is not None
    return request.model_dump(exclude_defaults=True)["events"]  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("action", "value", "completion"),
    [
        ("play", None, 0.2),
        ("play", 0, 0.0),
        ("play", 45, 0.5),
        ("play", 81, 0.9),
        ("play", 500, 0.9),
        ("complete", None, 1.0),
        ("complete", 40, 1.0),
    ],
)
def test_watching_is_told_as_completion(action: str, value: float | None, completion: float) -> None:
    (event,) = told(outcome(action, **({} if value is None else {"value": value})))
    assert event["completion_rate"] == completion
    assert event.keys() == {"content_id", "timestamp", "completion_rate"}


def test_a_rating_is_told_as_stars_and_a_dismissal_as_such() -> None:
    rated, dismissed = told(outcome("rate", value=3.5), outcome("dismiss"))
    assert rated["rating"] == 3.5
    assert dismissed["dismissed"] is True


@pytest.mark.parametrize("action", ["impression", "click", "add_to_list", "purchase"])
def test_what_is_no_viewing_is_not_told_and_says_so(action: str) -> None:
    one = outcome(action)
    assert profile_use(one).model_dump() == {"used": False, "why": "action_not_used"}
    assert update("ana", [one]) is None


def test_an_update_is_one_that_the_contract_takes_and_that_says_when() -> None:
    request = update("ana", [outcome("play"), outcome("click"), outcome("rate", value=0.5)])
    assert request is not None

    taken = UpdateRequest.model_validate_json(request.model_dump_json(exclude_defaults=True))

    assert taken.user_id == "ana"
    assert [event.timestamp.timestamp() for event in taken.viewing_events] == [NOW, NOW]


def test_of_an_id_that_sona_does_not_take_nothing_is_told() -> None:
    assert update("x" * 257, [outcome("play")]) is None
