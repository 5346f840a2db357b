"""`discovery dead-letters`: list, send-again. No command prints what a letter holds, which may be a user id."""

import json
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import batched
from typing import Any

import click

from discovery_cli.connection import answers
from discovery_cli.output import EXIT_CODES, Output, Unreachable
from discovery_cli.tables import NONE, table

_AT_ONCE = 10
"""As many as ReceiveMessage gives."""
_MOST = 10_000
_WAIT_SECONDS = 1
"""Any wait has all of SQS's servers asked. Without one some are, and their answer may be empty though there are letters
("Amazon SQS short and long polling")."""
_HIDDEN_SECONDS = 60
"""For which letters that were read stay hidden from another reading, so that this one ends."""


@dataclass(frozen=True)
class DeadLetter:
    """What may be shown of an event that could not be handled."""

    event_id: str
    """EventBridge's id of the event; of a letter that can't be read, the queue's id of it."""
    kind: str
    """The event's `detail-type`."""
    age_seconds: int
    """Since it was put into the queue."""
    attempts: str | None
    error: str | None
    """Code of EventBridge, or class of the function's error; never a message, which may quote the event."""


class DeadLetters:
    """The dead-letter queue of a stage, and the function that its events are for."""

    def __init__(self, sqs: Any, functions: Any, stage: str) -> None:
        """Take boto3 clients of SQS and Lambda."""
        self._sqs = sqs
        self._functions = functions
        self._function = f"discovery-{stage}-invalidation"
        self._queue: str = sqs.get_queue_url(QueueName=f"discovery-{stage}-dead-letters")["QueueUrl"]

    def listed(self) -> list[DeadLetter]:
        """The letters, oldest first; another reading finds them again, in a minute if this one was broken off."""
        messages = list(self._messages())
        for some in batched(messages, _AT_ONCE, strict=False):
            shown = [
                {"Id": str(place), "ReceiptHandle": message["ReceiptHandle"], "VisibilityTimeout": 0}
                for place, message in enumerate(some)
            ]
            self._sqs.change_message_visibility_batch(QueueUrl=self._queue, Entries=shown)
        return sorted(map(_read, messages), key=lambda letter: -letter.age_seconds)

    def send_again(self) -> tuple[int, int]:
        """Give each event to the live function again, and delete its letter then; how many, and how many were left.

        What is no event stays in the queue. An event that fails again comes back as a new letter.
        """
        sent = left = 0
        for message in self._messages():
            if (event := _event(message)) is None:
                left += 1
                continue
            payload = json.dumps(event).encode()
            self._functions.invoke(
                FunctionName=self._function, Qualifier="live", InvocationType="Event", Payload=payload
            )
            self._sqs.delete_message(QueueUrl=self._queue, ReceiptHandle=message["ReceiptHandle"])
            sent += 1
        return sent, left

    def _messages(self) -> Iterator[dict[str, Any]]:
        for _ in range(_MOST // _AT_ONCE):
            answer = self._sqs.receive_message(
                QueueUrl=self._queue,
                MaxNumberOfMessages=_AT_ONCE,
                WaitTimeSeconds=_WAIT_SECONDS,
                VisibilityTimeout=_HIDDEN_SECONDS,
                AttributeNames=["SentTimestamp"],
                MessageAttributeNames=["ERROR_CODE", "RETRY_ATTEMPTS"],
            )
            if not (messages := answer.get("Messages")):
                return
            yield from messages


@click.group("dead-letters", epilog=EXIT_CODES)
def dead_letters() -> None:
    """Look at events that could not be handled, and send them again. See docs/operate.md.

    \b
    discovery dead-letters list --stage prod
    discovery dead-letters send-again --stage prod
    """


def _with_letters(command: Any) -> Any:
    for option in (
        click.option("--profile", help="Profile of the AWS configuration.  [default: $AWS_PROFILE]"),
        click.option("--region", help="AWS region.  [default: $AWS_DEFAULT_REGION, or the profile's]"),
        click.option("--stage", envvar="DISCOVERY_STAGE", required=True, help="Stage of the deployment."),
    ):
        command = option(command)
    return command


@dead_letters.command("list")
@answers
@_with_letters
def list_(output: Output, **account: Any) -> None:
    """List event ids, kinds, ages and errors; nothing of what the events say."""
    letters = _called(lambda queue: queue.listed(), **account)
    rows = [
        (one.event_id, one.kind, f"{one.age_seconds} s", one.attempts or NONE, one.error or NONE) for one in letters
    ]
    shown = table(("event", "kind", "age", "attempts", "error"), rows)
    output.show({"count": len(letters), "letters": [asdict(one) for one in letters]}, f"{len(letters)} letters", shown)


@dead_letters.command("send-again")
@click.option("--yes", is_flag=True, help="Don't ask.")
@answers
@_with_letters
def send_again(output: Output, *, yes: bool, **account: Any) -> None:
    """Give each event to the invalidation function again and delete its letter."""
    if not yes:
        output.confirm("Send all events to the live invalidation function?")
    sent, left = _called(lambda queue: queue.send_again(), **account)
    output.show({"sent": sent, "left": left}, f"{sent} events were sent again, {left} letters were left.")


def _called(what: Any, *, stage: str, region: str | None, profile: str | None) -> Any:
    import boto3  # noqa: PLC0415 - takes a quarter of a second, for which `--help` need not wait
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

    try:
        session = boto3.Session(profile_name=profile, region_name=region)
        return what(DeadLetters(session.client("sqs"), session.client("lambda"), stage))
    except (BotoCoreError, ClientError) as error:
        raise Unreachable(f"AWS: {error}") from error


def _read(message: dict[str, Any]) -> DeadLetter:
    body = _body(message)
    event = _event(message) or {}
    attributes = {name: one["StringValue"] for name, one in message.get("MessageAttributes", {}).items()}
    context, answer = _document(body.get("requestContext")), _document(body.get("responsePayload"))
    attempts = attributes.get("RETRY_ATTEMPTS", context.get("approximateInvokeCount"))
    return DeadLetter(
        event_id=str(event.get("id") or message["MessageId"]),
        kind=str(event.get("detail-type") or "unknown"),
        age_seconds=int(time.time() - int(message["Attributes"]["SentTimestamp"]) / 1000),
        attempts=None if attempts is None else str(attempts),
        error=attributes.get("ERROR_CODE") or answer.get("errorType") or context.get("condition"),
    )


def _body(message: dict[str, Any]) -> dict[str, Any]:
    try:
        body = json.loads(message["Body"])
    except ValueError:
        return {}
    return _document(body)


def _document(value: object) -> dict[str, Any]:
    """A JSON object, or an empty one where it is something else: whoever writes into the queue may write anything."""
    return value if isinstance(value, dict) else {}


def _event(message: dict[str, Any]) -> dict[str, Any] | None:
    """The event in a letter: the letter of a rule is the event, that of the function has it as `requestPayload`.

    Sources: "Using dead-letter queues to process undelivered events in EventBridge"; "Capturing records of Lambda
    asynchronous invocations".
    """
    body = _body(message)
    event = body.get("requestPayload", body)
    return event if isinstance(event, dict) and "detail-type" in event else None
