"""The servers of a stack: started side by side, and started again on their ports when they end."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence

from aiohttp import ClientError

from local.stack.function import Report
from local.stack.processes import Process, ProcessFailed

RESTARTS = 5
"""Restarts of one server within `WINDOW` seconds; when it ends once more it stays down."""
WINDOW = 60.0
FIRST_PAUSE = 0.2
"""Seconds before a restart, doubled with each of those within `WINDOW`."""

type Restore = Callable[[Process], Awaitable[None]]


class Servers:
    """Keeps servers running until it is told to stop."""

    def __init__(self, servers: Sequence[Process], *, report: Report, first_pause: float = FIRST_PAUSE) -> None:
        self._servers = servers
        self._report = report
        self._first_pause = first_pause
        self._keepers: list[asyncio.Task[None]] = []

    @property
    def pids(self) -> dict[str, int]:
        """Process ids by the servers' names in lower case."""
        return {server.name.lower(): server.pid for server in self._servers if server.pid is not None}

    def start(self) -> None:
        """Start them and return at once."""
        for server in self._servers:
            server.start()

    async def ready(self) -> None:
        """Wait until all of them answer.

        Raises:
            ProcessFailed: one of them does not.
        """
        await asyncio.gather(*(_ready(server) for server in self._servers))

    def keep(self, restore: Restore) -> None:
        """From now on start a server again when it ends; `restore` puts back what it lost, before that is reported."""
        self._keepers = [asyncio.create_task(self._keep(server, restore)) for server in self._servers]

    def end(self, name: str) -> None:
        """End the server of this name, which is kept and so starts anew."""
        for server in self._servers:
            if server.name == name:
                server.kill()

    async def stop(self) -> None:
        """Stop them."""
        for keeper in self._keepers:
            keeper.cancel()
        await asyncio.gather(*self._keepers, return_exceptions=True)
        await asyncio.gather(*(asyncio.to_thread(server.stop) for server in self._servers))

    async def _keep(self, server: Process, restore: Restore) -> None:
        ends: list[float] = []
        while True:
            ended = f"{server.name} ended with exit code {await server.ended()}"
            now = time.monotonic()
            ends = [*(end for end in ends if now - end < WINDOW), now]
            if len(ends) > RESTARTS:
                break
            await asyncio.sleep(self._first_pause * 2 ** (len(ends) - 1))
            server.stop()  # it has ended: this releases what is held of it
            server.start()
            try:
                await _ready(server)
                await restore(server)
            except (ProcessFailed, ClientError, OSError):  # a timeout is an OSError
                server.kill()  # where it runs, it is of no use
            else:
                self._report(f"{ended}; restarted (log: {server.log})")
        self._report(f"{ended}, {len(ends)} times within {WINDOW:g} s; it is not restarted (log: {server.log})")


async def _ready(server: Process) -> None:
    for pause in server.until_ready():
        await asyncio.sleep(pause)
