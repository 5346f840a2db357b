"""One search environment under load, and what it answered."""

import asyncio
import json
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lab.environments.invocation import QUERIES, Event, search_event
from local.stack.function import Function


@dataclass(frozen=True, slots=True)
class Answer:
    """One search; times are `time.perf_counter`'s."""

    began: float
    ended: float
    status: int
    personalized: bool
    policy_version: str
    elapsed_ms: float
    """What personalization took, by its own account."""


class Searcher:
    """A function of one environment, and the person who searches with it."""

    def __init__(self, name: str, function: Function, token: str) -> None:
        self.name = name
        self._function = function
        self._events: list[Event] = [search_event(query, token, page_size="1") for query in QUERIES]
        self._turn = 0

    async def search(self) -> Answer:
        """Search once.

        Raises:
            FunctionError: the environment failed.
        """
        event = self._events[self._turn % len(self._events)]
        self._turn += 1
        began = time.perf_counter()
        response: dict[str, Any] = await self._function.invoke(event)
        ended = time.perf_counter()
        block = json.loads(response["body"]).get("personalization", {})
        return Answer(
            began=began,
            ended=ended,
            status=response["statusCode"],
            personalized=block.get("status") in ("applied", "partial"),
            policy_version=block.get("policy_version", ""),
            elapsed_ms=block.get("elapsed_ms", 0.0),
        )

    async def keep_searching(self, period: float, tell: Callable[[str, Answer], None]) -> None:
        """Begin a search every `period` seconds, from a random moment on; a late one is not made up for."""
        await asyncio.sleep(random.uniform(0, period))  # noqa: S311 - a schedule, not a secret
        while True:
            due = time.perf_counter() + period
            tell(self.name, await self.search())
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
