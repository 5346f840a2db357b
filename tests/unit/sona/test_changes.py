"""Records of the table's stream, and the events that are made of them."""

import json
from datetime import UTC, datetime

import pytest

from discovery.sona.changes import Change, change_of, first_failed, latest
from tests.events import PROFILES, hash_updated, profile_record

ANA, BEN = "a" * 32, "b" * 32


def changes(*records: dict[str, object]) -> list[Change]:
    return [change for record in records if (change := change_of(record)) is not None]


@pytest.mark.parametrize(("kind", "erased"), [("INSERT", False), ("MODIFY", False), ("REMOVE", True)])
def test_a_record_tells_who_changed_and_whether_anything_is_left(kind: str, erased: bool) -> None:
    (change,) = changes(profile_record(ANA, 1, kind))

    assert change == Change(
        user=ANA,
        erased=erased,
        event_id="0" * 31 + "1",
        sequence="1100000000017454423001",
        at=datetime(2024, 5, 24, 14, 19, 27, 500_000, tzinfo=UTC),
        table=PROFILES,
    )


def test_what_expired_is_told_like_what_was_deleted() -> None:
    by_ttl = {"userIdentity": {"type": "Service", "principalId": "dynamodb.amazonaws.com"}}

    assert changes(profile_record(ANA, 1, "REMOVE") | by_ttl) == changes(profile_record(ANA, 1, "REMOVE"))


@pytest.mark.parametrize(
    "record",
    [
        {},
        profile_record(ANA, 1) | {"dynamodb": {}},
        profile_record(ANA, 1) | {"dynamodb": {"Keys": {"id": {"S": ANA}}, "SequenceNumber": "1"}},
        profile_record(ANA, 1) | {"dynamodb": {"Keys": {"user": {"N": "1"}}, "SequenceNumber": "1"}},
    ],
)
def test_a_record_that_names_nobody_tells_nothing(record: dict[str, object]) -> None:
    assert change_of(record) is None


def test_an_entry_is_a_cloudevent_under_sonas_source_and_type() -> None:
    (change,) = changes(profile_record(ANA, 0xE290469DECF644078D8DE656A0B5FF92))
    entry = change.entry("sona-bus")

    assert (entry["Source"], entry["DetailType"], entry["EventBusName"]) == (
        *("sona", "UserPreferencesUpdated"),
        "sona-bus",
    )
    assert json.loads(entry["Detail"]) == hash_updated(ANA)["detail"]
    assert (entry["Time"], entry["Resources"]) == (change.at, [PROFILES])


def test_a_record_that_is_delivered_again_is_the_same_event() -> None:
    once, again = (change_of(profile_record(ANA, 7)) for _ in range(2))

    assert once == again


def test_a_person_has_one_change_of_a_batch_in_the_last_ones_place() -> None:
    records = [
        profile_record(ANA, 1, "INSERT"),
        profile_record(BEN, 2, "INSERT"),
        profile_record(ANA, 3, "REMOVE"),
        profile_record(BEN, 4, "REMOVE"),
        profile_record(ANA, 5, "INSERT"),
    ]

    assert [(change.user, change.event_id[-1], change.erased) for change in latest(changes(*records))] == [
        (BEN, "4", True),
        (ANA, "5", False),
    ]


@pytest.mark.parametrize(
    ("entries", "failed"),
    [
        ([{"EventId": "1"}, {"EventId": "2"}], None),
        ([{"EventId": "1"}, {"ErrorCode": "ThrottlingException"}], BEN),
        ([{"ErrorCode": "InternalFailure"}, {"ErrorCode": "InternalFailure"}], ANA),
    ],
)
def test_the_first_entry_that_was_refused_is_found(entries: list[dict[str, str]], failed: str | None) -> None:
    announced = changes(profile_record(ANA, 1), profile_record(BEN, 2))

    found = first_failed(announced, {"FailedEntryCount": 1, "Entries": entries})

    assert (found.user if found else None) == failed
