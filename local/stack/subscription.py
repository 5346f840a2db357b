"""CloudWatch Logs' part: a subscription filter, which passes those lines of a function's log on that it matches."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from local.stack.deployment import Subscription
from local.stack.lake import objects_in

PAUSE = 0.5
"""Seconds between two readings of the log."""

type Put = Callable[[str, list[bytes]], None]
"""Takes a stream's name and records."""


class LogSubscription:
    """Follows a log from where it ends now."""

    def __init__(self, log: Path, spec: Subscription, put: Put) -> None:
        self._log = log
        self._spec = spec
        self._put = put
        self._at = log.stat().st_size if log.exists() else 0
        self._following: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Follow in the background."""
        self._following = asyncio.create_task(self._follow())

    async def stop(self) -> None:
        """Follow no more."""
        if self._following is not None:
            self._following.cancel()
            await asyncio.gather(self._following, return_exceptions=True)

    async def _follow(self) -> None:
        while True:
            if records := self._new_records():
                self._put(self._spec.stream, records)
            await asyncio.sleep(PAUSE)

    def _new_records(self) -> list[bytes]:
        if not self._log.exists():
            return []
        with self._log.open("rb") as file:
            file.seek(self._at)
            whole, _, _ = file.read().rpartition(b"\n")  # the last line may be half written
        if not whole:
            return []
        self._at += len(whole) + 1
        lines = (line for line in whole.decode(errors="replace").split("\n") if self._spec.value in line)
        return [
            text.encode() + b"\n"
            for line in lines
            for found, text in objects_in(line)
            if found.get(self._spec.field) == self._spec.value
        ]
