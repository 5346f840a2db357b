"""Questions that are asked together."""

import asyncio
from collections.abc import Sequence

import pytest

from discovery.opensearch.together import Together


class Answering:
    """Answers each question with its double."""

    def __init__(self) -> None:
        self.asked: list[tuple[list[int], float]] = []
        self.may = asyncio.Event()
        self.may.set()

    async def __call__(self, questions: Sequence[int], limit_ms: float) -> list[int]:
        self.asked.append((list(questions), limit_ms))
        await self.may.wait()
        if 0 in questions:
            raise ValueError
        return [2 * one for one in questions]


@pytest.fixture
def answering() -> Answering:
    return Answering()


async def test_what_is_asked_at_the_same_moment_is_asked_in_one_go(answering: Answering) -> None:
    together = Together(answering)

    answers = await asyncio.gather(together.ask([1, 2], 50), together.ask([3], 50))

    assert list(answers) == [[2, 4], [6]]
    assert answering.asked == [([1, 2, 3], 50)]


async def test_what_is_asked_one_after_the_other_is_not(answering: Answering) -> None:
    together = Together(answering)

    assert await together.ask([1], 50) == [2]
    assert await together.ask([2], 50) == [4]
    assert answering.asked == [([1], 50), ([2], 50)]


async def test_who_may_wait_longer_is_asked_for_apart(answering: Answering) -> None:
    together = Together(answering)

    await asyncio.gather(together.ask([1], 50), together.ask([2], 100))

    assert answering.asked == [([1], 50), ([2], 100)]


async def test_a_failure_is_everybodys(answering: Answering) -> None:
    together = Together(answering)

    failures = await asyncio.gather(together.ask([1], 50), together.ask([0], 50), return_exceptions=True)

    assert [type(one) for one in failures] == [ValueError, ValueError]


async def test_who_gives_up_leaves_the_answer_to_the_others(answering: Answering) -> None:
    together = Together(answering)
    answering.may.clear()
    first, second = (asyncio.create_task(together.ask([one], 50)) for one in (1, 2))
    await asyncio.sleep(0)
    await asyncio.sleep(0)

    first.cancel()
    answering.may.set()

    assert await second == [4]
    assert first.cancelled()
