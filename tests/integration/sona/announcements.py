"""From a table of profiles to the event bus, as in a deployment: stream, function, events, and somebody who listens."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from aiohttp import ClientSession

from local.stack.aws import AwsEndpoint
from local.stack.credentials import CREDENTIALS
from local.stack.deployment import FunctionSpec, Rule
from local.stack.eventbridge import EventBus
from local.stack.function import Function
from local.stack.processes import ROOT
from local.stack.table_stream import TableStream

PATIENCE = 20
"""Seconds; this machine may be busy."""
ANNOUNCER = ROOT / "functions" / "sona_changes" / "app.py"
RULE = Rule({"source": ["sona"], "detail-type": ["UserPreferencesUpdated"]}, "listener")


class Announcements:
    """Plays who listens on the bus, where the invalidation function is in a deployment."""

    def __init__(self) -> None:
        self.url = ""
        """The AWS endpoint."""
        self.function: Function
        """What announces; a test may kill its process."""
        self.all: list[dict[str, Any]] = []
        """Every event."""
        self._new: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    async def invoke(self, event: dict[str, Any]) -> None:
        self.all.append(event)
        await self._new.put(event)

    async def next(self) -> dict[str, Any]:
        """The next event."""
        return await asyncio.wait_for(self._new.get(), PATIENCE)


@contextlib.asynccontextmanager
async def announcing(folder: Path, moto_url: str, table: str) -> AsyncIterator[Announcements]:
    """Announce what changes in a table of moto's."""
    announcements = Announcements()
    async with ClientSession(auto_decompress=False) as session:
        bus = EventBus([RULE], {"listener": announcements}, report=print)
        endpoint = AwsEndpoint(session, moto_url, bus)
        announcements.url = await endpoint.start()
        try:
            async with running(folder, ANNOUNCER, endpoint.url) as function:
                announcements.function = function
                stream = TableStream(session, endpoint.url, table, function, report=print)
                stream.start()
                try:
                    yield announcements
                finally:
                    await stream.stop()
        finally:
            await endpoint.stop()
            await bus.stop()


@contextlib.asynccontextmanager
async def running(folder: Path, file: Path, aws_endpoint_url: str = "") -> AsyncIterator[Function]:
    """A function of this file, in an environment of its own."""
    env = CREDENTIALS | {
        "AWS_ENDPOINT_URL": aws_endpoint_url,
        "AWS_LAMBDA_FUNCTION_NAME": file.parent.name,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256",
        "PATH": os.environ["PATH"],
        "POWERTOOLS_METRICS_NAMESPACE": "Discovery",
        "PYTHONPATH": str(ROOT / "layers" / "discovery"),
    }
    spec = FunctionSpec(file.parent.name, file, "lambda_handler", 10, 256)
    function = Function(spec, env=env, environments=1, log=folder / f"{spec.name}.log", report=print)
    await function.start()
    try:
        await function.ready()
        yield function
    finally:
        await function.stop()
