"""Who is told what of how a request ended."""

import asyncio
import contextlib

import pytest

from discovery.resilience.outcome import telling

SLOW_SEC = 0.02


class Fault(Exception):
    """The server's."""


class Notebook:
    """Notes what it is told, as a learner and a clock."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.now = 0.0

    def succeeded(self) -> None:
        self.told.append("succeeded")

    def failed(self) -> None:
        self.told.append("failed")

    def undecided(self) -> None:
        self.told.append("undecided")


async def requested(takes_sec: float, error: BaseException | None) -> list[str]:
    """What two learners are told of a request that takes so long and raises this."""
    first, second = Notebook(), Notebook()
    with (
        pytest.raises(type(error)) if error else contextlib.nullcontext(),
        telling(first, second, failure=Fault, slow_after_sec=SLOW_SEC, clock=lambda: first.now),
    ):
        first.now += takes_sec
        if error:
            raise error
    assert first.told == second.told
    return first.told


@pytest.mark.parametrize(
    ("takes_sec", "error", "told"),
    [
        (1.0, None, "succeeded"),
        (0.0, Fault(), "failed"),
        (SLOW_SEC, asyncio.CancelledError(), "failed"),
        (SLOW_SEC * 0.9, asyncio.CancelledError(), "undecided"),
        (0.0, ValueError("a defect of ours"), "succeeded"),
    ],
    ids=["no error", "the server's error", "cancelled late", "cancelled early", "another's error"],
)
async def test_each_learner_is_told_once_how_it_ended(takes_sec: float, error: BaseException | None, told: str) -> None:
    assert await requested(takes_sec, error) == [told]
