"""Firehose's part: streams that gather records and write them to S3, as objects under the stream's prefix.

Moto has an API of the same name, which writes an object for each call, uncompressed, and takes a prefix as it is
written. Here records are gathered for a second (in AWS for five minutes), compressed, and put where AWS puts them
("Understand custom prefixes for Amazon S3 objects").
"""

import asyncio
import base64
import gzip
import json
import re
import time
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from aiohttp import ClientError, ClientSession

from local.stack.credentials import REGION
from local.stack.deployment import DeliveryStream
from local.stack.function import Report

TARGET = "Firehose_20150804."
"""How the target of each request begins."""
INTERVAL = 1.0
"""Seconds between two objects of a stream."""
_JAVA_TO_STRFTIME = {"yyyy": "%Y", "MM": "%m", "dd": "%d", "HH": "%H"}
_AUTHORIZATION = f"AWS4-HMAC-SHA256 Credential=local/20000101/{REGION}/s3/aws4_request"
"""Moto reads region and service here and verifies no signature."""


class Lake:
    """A bucket, and the streams that fill it."""

    def __init__(
        self, session: ClientSession, s3_url: str, bucket: str, streams: Sequence[DeliveryStream], *, report: Report
    ) -> None:
        self.bucket = bucket
        self._session = session
        self._bucket_url = f"{s3_url}/{bucket}"
        self._streams = {stream.name: stream for stream in streams}
        self._gathered: dict[str, list[bytes]] = {name: [] for name in self._streams}
        self._report = report
        self._writing: asyncio.Task[None] | None = None

    async def create(self) -> None:
        """Make the bucket.

        Raises:
            ClientError: it can't be made.
        """
        body = (
            f"<CreateBucketConfiguration><LocationConstraint>{REGION}</LocationConstraint></CreateBucketConfiguration>"
        )
        headers = {"Authorization": _AUTHORIZATION, "Content-Type": "application/xml"}
        async with self._session.put(self._bucket_url, data=body, headers=headers) as response:
            response.raise_for_status()

    def start(self) -> None:
        """Write in the background."""
        self._writing = asyncio.create_task(self._write())

    async def stop(self) -> None:
        """Write no more; what was gathered since the last time is gone, as the bucket is going to be."""
        if self._writing is not None:
            self._writing.cancel()
            await asyncio.gather(self._writing, return_exceptions=True)

    def put(self, name: str, records: Sequence[bytes]) -> None:
        """Take records for a stream.

        Raises:
            KeyError: there is none of this name.
        """
        self._gathered[name].extend(records)

    def answer(self, operation: str, request: Mapping[str, Any]) -> dict[str, Any]:
        """The answer to a PutRecord or PutRecordBatch request.

        Raises:
            KeyError: there is no such operation or stream.
        """
        sent = request[{"PutRecord": "Record", "PutRecordBatch": "Records"}[operation]]
        records = [sent] if operation == "PutRecord" else sent
        self.put(request["DeliveryStreamName"], [base64.b64decode(record["Data"]) for record in records])
        taken = [{"RecordId": uuid.uuid4().hex} for _ in records]
        if operation == "PutRecord":
            return {**taken[0], "Encrypted": False}
        return {"FailedPutCount": 0, "Encrypted": False, "RequestResponses": taken}

    async def _write(self) -> None:
        while True:
            await asyncio.sleep(INTERVAL)
            for name, gathered in self._gathered.items():
                if not gathered:
                    continue
                some = gathered.copy()
                try:
                    await self._write_object(self._streams[name], b"".join(some))
                except (ClientError, OSError) as error:  # tried again; S3 may be starting
                    self._report(f"stream {name}: {error}")
                else:
                    del gathered[: len(some)]

    async def _write_object(self, stream: DeliveryStream, content: bytes) -> None:
        moment = time.gmtime()
        name = f"{stream.name}-1-{time.strftime('%Y-%m-%d-%H-%M-%S', moment)}-{uuid.uuid4()}{stream.extension}"
        url = f"{self._bucket_url}/{evaluated(stream.prefix, moment)}{name}"
        headers = {"Authorization": _AUTHORIZATION, "Content-Type": "application/octet-stream"}
        async with self._session.put(url, data=gzip.compress(content), headers=headers) as response:
            response.raise_for_status()


def evaluated(prefix: str, moment: time.struct_time) -> str:
    """A prefix with its `!{timestamp:…}` expressions replaced."""

    def replaced(found: re.Match[str]) -> str:
        pattern = found[1]
        for java, strftime in _JAVA_TO_STRFTIME.items():
            pattern = pattern.replace(java, strftime)
        return time.strftime(pattern, moment)

    return re.sub(r"!\{timestamp:([^}]+)\}", replaced, prefix)


def objects_in(text: str) -> list[tuple[dict[str, Any], str]]:
    """The JSON objects of a line, each with its own text; processes that share a log may leave two in one line."""
    decoder, found, at = json.JSONDecoder(), [], 0
    while (at := text.find("{", at)) >= 0:
        try:
            value, end = decoder.raw_decode(text, at)
        except ValueError:
            break
        found.append((value, text[at:end]))
        at = end
    return found
