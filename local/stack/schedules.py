"""EventBridge's other part: functions that are called at a fixed rate, here sixty times as often."""

import asyncio
from collections.abc import Mapping, Sequence

from local.stack.deployment import Schedule
from local.stack.eventbridge import new_event
from local.stack.function import Report
from local.stack.gateway import Invocable
from local.stack.runtime_api import FunctionError

FASTER = 60
"""An hour is a minute: nobody watches a stack of their own for an hour."""


class Schedules:
    """Calls functions until it is stopped; the next call of one comes after the last has ended."""

    def __init__(
        self, every: Sequence[Schedule], functions: Mapping[str, Invocable], *, report: Report, faster: float = FASTER
    ) -> None:
        self._every = every
        self._functions = functions
        self._report = report
        self._faster = faster
        self._running: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin in the background."""
        self._running = [asyncio.create_task(self._run(one)) for one in self._every]

    async def stop(self) -> None:
        """Call no more."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    async def _run(self, schedule: Schedule) -> None:
        while True:
            await asyncio.sleep(schedule.seconds / self._faster)
            try:
                await self._functions[schedule.function].invoke(new_event("aws.events", "Scheduled Event", {}))
            except FunctionError as error:
                self._report(f"schedule: {schedule.function} failed: {error}")
