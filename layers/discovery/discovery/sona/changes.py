"""What a table of profiles says of itself, and the events that are made of it (docs/adr/0032).

The table's stream has a record for every write, in the transaction of that write. It names the person and nothing else
(`KEYS_ONLY`). Each person of a batch is announced by one event, `UserPreferencesUpdated`, whose detail is a CloudEvent
in structured mode (CloudEvents 1.0, "JSON Event Format"; "Sending and receiving CloudEvents with Amazon EventBridge" in
the AWS Compute Blog). Source and detail type stay those of EventBridge, which rules and the bus's policy know.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

KEY = "user"
"""The table's partition key: the keyed hash of a user id."""
SOURCE = "sona"
DETAIL_TYPE = "UserPreferencesUpdated"


@dataclass(frozen=True, slots=True)
class Change:
    """That a person's profile has changed."""

    user: str
    """The keyed hash."""
    erased: bool
    """The person was deleted, by request or because they had not been heard of for long; both leave nothing."""
    event_id: str
    """The record's: the same one, however often the record is delivered."""
    sequence: str
    """The record's number in its shard."""
    at: datetime
    table: str
    """The table's ARN; empty where the record doesn't name its stream."""

    def entry(self, bus: str) -> dict[str, Any]:
        """The entry of a PutEvents request that announces it on an event bus."""
        detail = {
            "specversion": "1.0",
            "id": self.event_id,
            "source": SOURCE,
            "type": DETAIL_TYPE,
            "subject": self.user,
            "time": self.at.isoformat().replace("+00:00", "Z"),
            "datacontenttype": "application/json",
            "data": {"user_hash": self.user, "erased": self.erased},
        }
        entry = {"Source": SOURCE, "DetailType": DETAIL_TYPE, "Detail": json.dumps(detail), "EventBusName": bus}
        return entry | {"Time": self.at, "Resources": [self.table] if self.table else []}


def change_of(record: Mapping[str, Any]) -> Change | None:
    """What a record of the stream tells; None for one that names nobody, as no table of profiles writes."""
    match record:
        case {
            "eventID": str(event_id),
            "dynamodb": {"Keys": {"user": {"S": str(user)}}, "SequenceNumber": str(number)},
        }:
            at = datetime.fromtimestamp(float(record["dynamodb"].get("ApproximateCreationDateTime", 0)), UTC)
            table, _, _ = str(record.get("eventSourceARN", "")).partition("/stream/")
            return Change(user, record.get("eventName") == "REMOVE", event_id, number, at, table)
    return None


def latest(changes: Iterable[Change]) -> list[Change]:
    """The last change of each person, in the order of the stream.

    What went before it needs no event of its own: whoever is told reads everything anew.
    """
    last: dict[str, Change] = {}
    for change in changes:
        last.pop(change.user, None)  # so that a person's place is that of their last change
        last[change.user] = change
    return list(last.values())


def first_failed(announced: Sequence[Change], answer: Mapping[str, Any]) -> Change | None:
    """The first of the changes that PutEvents did not take, though it answers 200; None if it took all."""
    results = answer["Entries"]
    return next((change for change, one in zip(announced, results, strict=True) if "EventId" not in one), None)
