"""What tests of events share: events, and fakes of where they go; each can refuse on demand."""

import json
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, cast

from botocore.exceptions import ClientError

from discovery.errors import CacheUnavailable
from discovery.valkey.client import AsyncValkey, Command

NOW = 1_750_000_000.0


def at(seconds: float) -> str:
    """A timestamp."""
    return datetime.fromtimestamp(seconds, UTC).isoformat()


def ubi(action: str = "click", title: str = "alien-1979", *, now: float = NOW, **changes: Any) -> dict[str, Any]:
    """An event; `event_id`, `value` and `ordinal` are of its attributes, everything else is the event's own."""
    attributes: dict[str, Any] = {"event_id": changes.pop("event_id", uuid.uuid4().hex), "object": {"object_id": title}}
    if "value" in changes:
        attributes["value"] = changes.pop("value")
    if "ordinal" in changes:
        attributes["position"] = {"ordinal": changes.pop("ordinal")}
    return {"action_name": action, "timestamp": at(now), "client_id": "tv-1", "event_attributes": attributes} | changes


class FakeAws:
    """Firehose and SQS, as far as a batch of events goes."""

    def __init__(self) -> None:
        self.records: list[bytes] = []
        self.messages: list[dict[str, Any]] = []
        self.stream_fails = self.queue_fails = False

    def put_record(self, *, DeliveryStreamName: str, Record: dict[str, bytes]) -> None:  # noqa: ARG002, N803 - boto3's names
        if self.stream_fails:
            raise ClientError({"Error": {"Code": "ServiceUnavailableException"}}, "PutRecord")
        self.records.append(Record["Data"])

    def send_message(self, *, QueueUrl: str, MessageBody: str) -> None:  # noqa: ARG002, N803
        if self.queue_fails:
            raise ClientError({"Error": {"Code": "OverLimit"}}, "SendMessage")
        self.messages.append(json.loads(MessageBody))

    @property
    def outcomes(self) -> list[dict[str, Any]]:
        """What the lake gets."""
        return [json.loads(line) for record in self.records for line in record.splitlines()]


class FakeMarkStore:
    """MGET and SET in memory."""

    def __init__(self) -> None:
        self.values: dict[str, str] = {}
        self.fails = False

    @property
    def client(self) -> AsyncValkey:
        return cast(AsyncValkey, self)

    async def ask(self, *commands: Command) -> list[Any]:
        if self.fails:
            raise CacheUnavailable("TimeoutError")
        return [self._answer(*command) for command in commands]

    def _answer(self, name: str | bytes | int, *args: Any) -> Any:
        keys: Sequence[str] = args
        if name == "MGET":
            return [self.values.get(key) for key in keys]
        key, value, *options = args
        assert options[:2] == ["NX", "EX"]
        return self.values.setdefault(key, value)
