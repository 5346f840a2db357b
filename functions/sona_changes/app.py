"""The function behind the stream of SONA's table: announces on the event bus whose profile has changed.

Lambda gives it the records of a shard in order, and again from the first that it reports as failed
(`ReportBatchItemFailures`; "Configuring partial batch response with DynamoDB and Lambda"). So an event may be sent
twice, and none is lost as long as the stream keeps its records, which is for a day (docs/adr/0032).
"""

import os
from collections.abc import Callable, Mapping
from itertools import batched
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from discovery.lifecycle import prepared
from discovery.observability import logger, metrics
from discovery.sona.changes import Change, change_of, first_failed, latest

_AT_ONCE = 10
"""As many entries as PutEvents takes."""
_CONNECT_SECONDS, _READ_SECONDS = 1, 3

Handler = Callable[[Mapping[str, Any], LambdaContext], dict[str, Any]]


def make_handler(client: Callable[[], Any], bus: Callable[[], str]) -> Handler:
    """The Lambda handler over an EventBridge client, made at its first use, and the name of an event bus."""

    @logger.inject_lambda_context
    @metrics.flushed_after
    def lambda_handler(event: Mapping[str, Any], _context: LambdaContext) -> dict[str, Any]:
        for some in batched(_changes(event["Records"]), _AT_ONCE, strict=False):
            failed = _announce(some, client(), bus())
            if failed is not None:
                # Lambda comes back with all records from this one on, so there is no use in announcing the others now.
                return {"batchItemFailures": [{"itemIdentifier": failed.sequence}]}
        return {"batchItemFailures": []}

    return lambda_handler


def _changes(records: list[Mapping[str, Any]]) -> list[Change]:
    read = [change_of(record) for record in records]
    known = [change for change in read if change is not None]
    if len(known) < len(read):  # to fail would hold up all that follow
        metrics.count("ChangeIgnored", len(read) - len(known))
        logger.warning("records of the table's stream ignored", count=len(read) - len(known))
    return latest(known)


def _announce(some: tuple[Change, ...], client: Any, bus: str) -> Change | None:
    """Announce changes in one call; returns the first that was not announced."""
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - comes with the client

    try:
        answer = client.put_events(Entries=[change.entry(bus) for change in some])
        failed = first_failed(some, answer)
        reasons = sorted({one.get("ErrorCode", "") for one in answer["Entries"]} - {""})
    except (BotoCoreError, ClientError) as error:
        failed, reasons = some[0], [type(error).__name__]
    announced = len(some) if failed is None else some.index(failed)
    if announced:
        metrics.count("ChangeAnnounced", announced)
    if failed is not None:
        metrics.count("ChangeNotAnnounced", len(some) - announced)
        logger.error("changes not announced", reasons=reasons, count=len(some) - announced)
    return failed


def _client() -> Any:
    import boto3  # noqa: PLC0415 - takes a quarter of a second
    from botocore.config import Config  # noqa: PLC0415

    config = Config(
        connect_timeout=_CONNECT_SECONDS,
        read_timeout=_READ_SECONDS,
        retries={"total_max_attempts": 3, "mode": "standard"},
    )
    return boto3.session.Session().client("events", config=config)


lambda_handler = make_handler(prepared(_client), lambda: os.environ.get("SONA_EVENT_BUS", "default"))
