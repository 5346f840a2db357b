"""Lambda's part between a DynamoDB table and a function: an event source mapping over the table's stream.

It gives the function the records in order, and goes on only when they are done: after an error with all of a batch
again, and after a partial failure from the first record that the function names ("Using AWS Lambda with Amazon
DynamoDB").
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from aiohttp import ClientError, ClientSession

from local.stack.aws import call
from local.stack.function import Report
from local.stack.gateway import Invocable
from local.stack.runtime_api import FunctionError

BATCH = 100
"""Records an invocation gets at most; Lambda's default."""
PAUSE = 0.5
"""Seconds between readings that find nothing. Lambda reads four times a second; moto keeps a kilobyte of each reading
for as long as it runs."""
FIRST_RETRY, LAST_RETRY = 0.2, 5.0
"""Seconds before a batch is tried again, doubled each time."""


class TableStream:
    """Reads a table's stream from its beginning, for one function; waits for a table that is not there yet."""

    def __init__(self, session: ClientSession, url: str, table: str, function: Invocable, *, report: Report) -> None:
        """Take the URL of the AWS APIs, and the names of the table and, for messages, what handles its records."""
        self._session = session
        self._url = url
        self._table = table
        self._function = function
        self._report = report
        self._arn = self._iterator = self._done = ""
        """The stream, where to read on (empty: not known), and the last record that is done with (empty: none)."""
        self._reading: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Read in the background."""
        self._reading = asyncio.create_task(self._read())

    async def stop(self) -> None:
        """Read no more; a batch in flight is given up."""
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)

    async def _read(self) -> None:
        while True:
            try:
                records = await self._next()
            except (ClientError, OSError, LookupError):  # no table yet, or its server has gone and lost what it knew
                self._iterator = ""
                records = []
            if records:
                await self._deliver(records)
            else:
                await asyncio.sleep(PAUSE)

    async def _next(self) -> Sequence[Mapping[str, Any]]:
        if not self._iterator:
            self._iterator = await self._find()
        answer = await self._ask("DynamoDBStreams_20120810.GetRecords", ShardIterator=self._iterator)
        self._iterator = answer.get("NextShardIterator", "")
        return [record | {"eventSourceARN": self._arn} for record in answer["Records"]]

    async def _find(self) -> str:
        """Where to read on; from the beginning in a stream that is another one than before."""
        table = await self._ask("DynamoDB_20120810.DescribeTable", TableName=self._table)
        arn: str = table["Table"]["LatestStreamArn"]
        if arn != self._arn:
            self._arn, self._done = arn, ""
        stream = await self._ask("DynamoDBStreams_20120810.DescribeStream", StreamArn=arn)
        where = {"StreamArn": arn, "ShardId": stream["StreamDescription"]["Shards"][0]["ShardId"]}  # moto's only one
        where |= {"ShardIteratorType": "AFTER_SEQUENCE_NUMBER" if self._done else "TRIM_HORIZON"}
        where |= {"SequenceNumber": self._done} if self._done else {}
        iterator: str = (await self._ask("DynamoDBStreams_20120810.GetShardIterator", **where))["ShardIterator"]
        return iterator

    async def _deliver(self, records: Sequence[Mapping[str, Any]]) -> None:
        retry = FIRST_RETRY
        while records:
            batch = records[:BATCH]
            try:
                done = _done(batch, await self._function.invoke({"Records": batch}))
            except FunctionError as error:
                done = 0
                self._report(f"stream of {self._table}: {error}; trying again")
            if done:
                self._done = _number(batch[done - 1])
                records, retry = records[done:], FIRST_RETRY
            if done < len(batch):
                await asyncio.sleep(retry)
                retry = min(LAST_RETRY, retry * 2)

    async def _ask(self, operation: str, **fields: Any) -> Any:
        return await call(self._session, self._url, "dynamodb", operation, fields)


def _done(batch: Sequence[Mapping[str, Any]], response: object) -> int:
    """How many records are done with: those before the first that the response names, none if it names another's."""
    failures = response.get("batchItemFailures") if isinstance(response, Mapping) else None
    if not failures:
        return len(batch)
    numbers = [_number(record) for record in batch]
    named = [failure.get("itemIdentifier") for failure in failures]
    return min(numbers.index(name) for name in named) if set(named) <= set(numbers) else 0


def _number(record: Mapping[str, Any]) -> str:
    number: str = record["dynamodb"]["SequenceNumber"]
    return number
