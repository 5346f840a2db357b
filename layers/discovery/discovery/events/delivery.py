"""Delivery of a batch: its outcomes to the lake's stream, and what concerns the profile to a queue, both at once.

The whole batch is one record and one message, so that each is taken or not, and never half: Firehose also counts each
record of less than 5 KB as 5 KB ("Amazon Data Firehose pricing"), so that a record for each event would cost twelve
times as much. If one of the two is not taken, the client sends the batch again, and what was taken comes twice: that
changes nothing (events/marks.py).
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from discovery.errors import EventsNotTaken
from discovery.events.outcome import Outcome, lines
from discovery.observability import logger, metrics
from discovery.sona.contract import UpdateRequest

_CONNECT_SECONDS, _READ_SECONDS, _ATTEMPTS = 1, 1, 2


class Delivery:
    """Sends to one stream and one queue."""

    def __init__(self, firehose: Any, stream: str, sqs: Any, queue_url: str) -> None:
        self._firehose = firehose
        self._stream = stream
        self._sqs = sqs
        self._queue_url = queue_url

    async def deliver(self, outcomes: Sequence[Outcome], update: UpdateRequest | None) -> None:
        """Deliver outcomes, and tell of the update of a profile where there is one.

        Raises:
            EventsNotTaken: one of the two did not take its part.
        """
        sending = [asyncio.to_thread(self._keep, outcomes)]
        if update is not None:
            sending.append(asyncio.to_thread(self._queue, update))
        failures = [failure for failure in await asyncio.gather(*sending, return_exceptions=True) if failure]
        if failures:
            metrics.count("EventsNotTaken")
            logger.error("a batch of events was not taken", reasons=[str(failure) for failure in failures])
            raise failures[0]

    def _keep(self, outcomes: Sequence[Outcome]) -> None:
        record = {"Data": lines(outcomes)}
        _taken("stream", lambda: self._firehose.put_record(DeliveryStreamName=self._stream, Record=record))

    def _queue(self, update: UpdateRequest) -> None:
        body = update.model_dump_json(exclude_defaults=True)
        _taken("queue", lambda: self._sqs.send_message(QueueUrl=self._queue_url, MessageBody=body))


def aws_clients() -> tuple[Any, Any]:
    """Clients of Firehose and SQS, with short timeouts and connections that live; they connect at their first use."""
    import boto3  # noqa: PLC0415 - takes a quarter of a second
    from botocore.config import Config  # noqa: PLC0415

    config = Config(
        connect_timeout=_CONNECT_SECONDS,
        read_timeout=_READ_SECONDS,
        retries={"total_max_attempts": _ATTEMPTS, "mode": "standard"},
        tcp_keepalive=True,
    )
    session = boto3.session.Session()
    return session.client("firehose", config=config), session.client("sqs", config=config)


def _taken(what: str, send: Callable[[], Any]) -> None:
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - comes with the clients

    try:
        send()
    except (BotoCoreError, ClientError) as error:
        reason = error.response["Error"]["Code"] if isinstance(error, ClientError) else type(error).__name__
        raise EventsNotTaken(f"{what}: {reason}") from error
