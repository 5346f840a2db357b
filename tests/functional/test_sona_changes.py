"""The function behind the table's stream: what it puts on the bus, and from where Lambda has to come back."""

import json
from collections.abc import Sequence
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from functions.sona_changes.app import make_handler
from tests.conftest import Counted
from tests.events import FakeContext, profile_record


class FakeEventBridge:
    """Takes entries, but for those of the users that it refuses; or fails altogether."""

    def __init__(self, refused: Sequence[str] = (), failure: Exception | None = None) -> None:
        self.calls: list[list[str]] = []
        self.refused = refused
        self.failure = failure

    @property
    def told(self) -> list[str]:
        return [user for call in self.calls for user in call]

    def put_events(self, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803 - boto3's name
        if self.failure is not None:
            raise self.failure
        assert {entry["EventBusName"] for entry in Entries} == {"bus"}
        users = [json.loads(entry["Detail"])["data"]["user_hash"] for entry in Entries]
        self.calls.append([user for user in users if user not in self.refused])
        answers = [
            {"ErrorCode": "ThrottlingException", "ErrorMessage": "slow down"}
            if user in self.refused
            else {"EventId": f"id of {user}"}
            for user in users
        ]
        return {"FailedEntryCount": sum("ErrorCode" in answer for answer in answers), "Entries": answers}


def batch(*users: str) -> dict[str, Any]:
    return {"Records": [profile_record(user, number) for number, user in enumerate(users)]}


def number_of(response: dict[str, Any]) -> list[int]:
    """The places, in the batch, of the records that are reported as failed."""
    return [int(one["itemIdentifier"]) - 1100000000017454423000 for one in response["batchItemFailures"]]


def handle(bridge: FakeEventBridge, event: dict[str, Any]) -> dict[str, Any]:
    return make_handler(lambda: bridge, lambda: "bus")(event, FakeContext())


def test_everybody_of_a_batch_is_announced_ten_a_call(counted: Counted) -> None:
    bridge = FakeEventBridge()

    assert handle(bridge, batch(*(f"u{number}" for number in range(23)))) == {"batchItemFailures": []}

    assert [len(call) for call in bridge.calls] == [10, 10, 3]
    assert len(set(bridge.told)) == 23
    assert counted()["ChangeAnnounced"] == 23


def test_a_person_who_changed_often_is_announced_once() -> None:
    bridge = FakeEventBridge()

    handle(bridge, batch("ana", "ben", "ana", "ana"))

    assert bridge.told == ["ben", "ana"]


def test_an_entry_that_is_refused_in_an_answer_of_200_has_failed(counted: Counted) -> None:
    bridge = FakeEventBridge(refused=["ben"])

    response = handle(bridge, batch("ana", "ben", "cyd"))

    assert number_of(response) == [1]
    counts = counted()
    assert (counts["ChangeAnnounced"], counts["ChangeNotAnnounced"]) == (1, 2)


def test_coming_back_to_the_record_that_failed_loses_nobody() -> None:
    """Lambda does so: it gives the function the records from that one on once more."""
    bridge = FakeEventBridge(refused=["u3", "u14"])
    users = [f"u{number % 17}" for number in range(40)]
    event = batch(*users)

    while failed := number_of(handle(bridge, event)):
        (first,) = failed
        event = {"Records": [record for record in batch(*users)["Records"] if number(record) >= first]}
        bridge.refused = bridge.refused[1:]

    assert set(bridge.told) == set(users)


def number(record: dict[str, Any]) -> int:
    return int(record["eventID"], 16)


@pytest.mark.parametrize(
    "failure",
    [
        EndpointConnectionError(endpoint_url="https://events"),
        ClientError({"Error": {"Code": "AccessDeniedException"}}, "PutEvents"),
    ],
    ids=lambda failure: type(failure).__name__,
)
def test_a_call_that_fails_is_to_be_made_again_with_all_of_its_entries(failure: Exception) -> None:
    assert number_of(handle(FakeEventBridge(failure=failure), batch("ana", "ben", "ana"))) == [1]


def test_a_record_that_names_nobody_holds_up_no_other(counted: Counted) -> None:
    bridge = FakeEventBridge()
    strange = profile_record("ana", 0) | {"dynamodb": {"Keys": {}, "SequenceNumber": "1"}}

    assert handle(bridge, {"Records": [strange, profile_record("ben", 1)]}) == {"batchItemFailures": []}

    assert bridge.told == ["ben"]
    assert counted()["ChangeIgnored"] == 1


def test_a_batch_of_nothing_is_done() -> None:
    bridge = FakeEventBridge()

    assert handle(bridge, {"Records": []}) == {"batchItemFailures": []}

    assert bridge.calls == []
