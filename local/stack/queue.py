"""SQS and Lambda's part between a queue and a function: an event source mapping ("Using Lambda with Amazon SQS").

A message is deleted once the function has not reported it as failed. Any other comes again when its visibility timeout
has passed, and moto puts it among the dead letters after as many times as the queue says.
"""

import asyncio
import json
from collections.abc import Mapping, Sequence
from typing import Any

from aiohttp import ClientError, ClientSession

from local.stack.aws import call
from local.stack.credentials import REGION
from local.stack.deployment import Queue
from local.stack.function import ACCOUNT, Report
from local.stack.gateway import Invocable
from local.stack.runtime_api import FunctionError

WAIT = 10
"""Seconds for which one request waits for messages."""
PAUSE = 0.5
"""Seconds before another attempt where there is no queue."""


def url_of(endpoint_url: str, name: str) -> str:
    """The URL of a queue."""
    return f"{endpoint_url}/{ACCOUNT}/{name}"


class MessageQueue:
    """A queue with its dead letters, and the pollers that hand its messages to a function."""

    def __init__(
        self, session: ClientSession, url: str, spec: Queue, function: Invocable, *, pollers: int, report: Report
    ) -> None:
        """`url` is that of the AWS APIs."""
        self._session = session
        self._url = url
        self._spec = spec
        self._function = function
        self._pollers = pollers
        self._report = report
        self._polling: list[asyncio.Task[None]] = []

    async def create(self) -> None:
        """Make both queues; those that there are stay as they are.

        Raises:
            ClientError: they can't be made.
        """
        letters = self._spec.dead_letters
        await self._ask("CreateQueue", QueueName=letters)
        policy = {
            "deadLetterTargetArn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:{letters}",
            "maxReceiveCount": self._spec.max_receives,
        }
        attributes = {"VisibilityTimeout": str(self._spec.visibility_timeout), "RedrivePolicy": json.dumps(policy)}
        await self._ask("CreateQueue", QueueName=self._spec.name, Attributes=attributes)

    def start(self) -> None:
        """Poll in the background."""
        self._polling = [asyncio.create_task(self._poll()) for _ in range(self._pollers)]

    async def stop(self) -> None:
        """Poll no more; messages in flight come again."""
        for poller in self._polling:
            poller.cancel()
        await asyncio.gather(*self._polling, return_exceptions=True)

    async def _poll(self) -> None:
        where = {"QueueUrl": url_of(self._url, self._spec.name)}
        wanted = {"MaxNumberOfMessages": self._spec.batch, "WaitTimeSeconds": WAIT, "AttributeNames": ["All"]}
        while True:
            try:
                messages = (await self._ask("ReceiveMessage", **where, **wanted)).get("Messages") or []
                if done := await self._handled(messages):
                    entries = [{"Id": str(n), "ReceiptHandle": one["ReceiptHandle"]} for n, one in enumerate(done)]
                    await self._ask("DeleteMessageBatch", **where, Entries=entries)
            except (ClientError, OSError):  # no queue yet, or its server has gone; a timeout is an OSError
                await asyncio.sleep(PAUSE)

    async def _handled(self, messages: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        """Those of the messages that the function is done with."""
        if not messages:
            return []
        try:
            response = await self._function.invoke({"Records": [self._record(one) for one in messages]})
        except FunctionError as error:
            self._report(f"queue {self._spec.name}: {error}; its messages come again")
            return []
        failures = response.get("batchItemFailures") if isinstance(response, Mapping) else None
        failed = {failure.get("itemIdentifier") for failure in failures or ()}
        return [message for message in messages if message["MessageId"] not in failed]

    def _record(self, message: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "messageId": message["MessageId"],
            "receiptHandle": message["ReceiptHandle"],
            "body": message["Body"],
            "attributes": message.get("Attributes", {}),
            "messageAttributes": {},
            "md5OfBody": message.get("MD5OfBody", ""),
            "eventSource": "aws:sqs",
            "eventSourceARN": f"arn:aws:sqs:{REGION}:{ACCOUNT}:{self._spec.name}",
            "awsRegion": REGION,
        }

    async def _ask(self, operation: str, **fields: Any) -> Any:
        return await call(self._session, self._url, "sqs", f"AmazonSQS.{operation}", fields)
