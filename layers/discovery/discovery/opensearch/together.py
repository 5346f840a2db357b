"""Questions that are asked in the same turn of an event loop, asked together.

Whoever asks knows nothing of the others: facets and contents of a page are separate questions to an index, and one
request. The idea is DataLoader's (https://github.com/graphql/dataloader).
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence


class Together[Question, Answered]:
    """Gathers questions that may wait equally long, and asks them when the turn is over."""

    def __init__(self, ask: Callable[[Sequence[Question], float], Awaitable[Sequence[Answered]]]) -> None:
        """`ask` is given all questions and for how many milliseconds an answer may be waited for."""
        self._ask = ask
        self._gathering: dict[float, tuple[list[Question], asyncio.Task[Sequence[Answered]]]] = {}

    async def ask(self, questions: Sequence[Question], limit_ms: float) -> Sequence[Answered]:
        """The answers to some questions, in their order; raises what asking all of them raises."""
        if limit_ms not in self._gathering:
            self._gathering[limit_ms] = ([], asyncio.create_task(self._asked(limit_ms)))
        gathered, answers = self._gathering[limit_ms]
        start = len(gathered)
        gathered += questions
        # Who gives up leaves the answer to the others.
        return (await asyncio.shield(answers))[start : start + len(questions)]

    async def _asked(self, limit_ms: float) -> Sequence[Answered]:
        gathered, _ = self._gathering.pop(limit_ms)
        return await self._ask(gathered, limit_ms)
