"""A server that is killed, hung and healed; by the id of its own process, and no other."""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable

from lab.chaos.phase import Way
from local.stack.processes import Process

Restore = Callable[[], Awaitable[None]]


async def nothing() -> None:
    """Restore nothing: what it lost, nobody misses."""


class Victim:
    """A server's process, and how to put back what the server loses with it."""

    def __init__(self, process: Process, restore: Restore = nothing) -> None:
        self._process = process
        self._restore = restore
        self._is_hung = False

    def strike(self, way: Way) -> None:
        """Kill it, or stop it where it stands."""
        if way == "killed":
            self._process.kill()
        else:
            self._signal(signal.SIGSTOP)
            self._is_hung = True

    async def heal(self) -> None:
        """Have it serve again, on the same port.

        Raises:
            ProcessFailed: it does not start again.
        """
        self.wake()
        if self._process.exit_code is not None:
            self._process.stop()  # it has ended: releases what is held of it
            self._process.start()
            for pause in self._process.until_ready():
                await asyncio.sleep(pause)
            await self._restore()

    def wake(self) -> None:
        """Let it go on where it hangs: it could not be ended as it should."""
        if self._is_hung:
            self._signal(signal.SIGCONT)
            self._is_hung = False

    def _signal(self, number: signal.Signals) -> None:
        if self._process.pid is not None and self._process.exit_code is None:
            os.kill(self._process.pid, number)
