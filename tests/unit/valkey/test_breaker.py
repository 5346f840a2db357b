"""A Valkey that keeps failing is left alone, and asked again later."""

import asyncio
import contextlib
from typing import Any, cast

import pytest
from redis import exceptions

from discovery.errors import CacheUnavailable
from discovery.reason import Reason
from discovery.resilience.breaker import CircuitBreaker
from discovery.valkey.client import AsyncValkey, Client
from tests.conftest import Counted
from tests.unit.valkey.test_connections import ANSWER, LOST, FakeClient

OPEN_SEC = 5.0


class Rig:
    """A client over others that play back their answers, and its breaker's clock."""

    def __init__(self, *clients: FakeClient, failures: int = 3, timeout_sec: float = 5) -> None:
        self.now = 0.0
        self.waiting = list(clients)
        breaker = CircuitBreaker("Cache", failures=failures, open_sec=OPEN_SEC, clock=lambda: self.now)
        self.valkey = AsyncValkey(lambda: cast(Client, self.waiting.pop(0)), breaker, timeout_sec=timeout_sec)

    async def ask(self) -> Any:
        """The answer, or why there is none."""
        try:
            (answer,) = await self.valkey.ask(("GET", "key"))
        except CacheUnavailable as error:
            return error.reason
        return answer


async def test_after_failures_in_a_row_it_is_not_asked_and_the_reason_says_so(counted: Counted) -> None:
    rig = Rig(FakeClient(LOST), FakeClient(exceptions.TimeoutError("late")), FakeClient([LOST]), FakeClient([ANSWER]))
    assert [await rig.ask() for _ in range(3)] == [Reason.CACHE_UNAVAILABLE] * 3

    assert await rig.ask() == Reason.CACHE_CIRCUIT_OPEN

    assert len(rig.waiting) == 1, "no connection was made"
    assert counted()["CacheCircuitOpen"] == 1


async def test_after_a_while_one_command_finds_out(counted: Counted) -> None:
    rig = Rig(FakeClient(LOST), FakeClient(LOST), FakeClient([ANSWER], [ANSWER]), failures=1)
    await rig.ask()
    rig.now = OPEN_SEC

    assert await rig.ask() == Reason.CACHE_UNAVAILABLE
    assert await rig.ask() == Reason.CACHE_CIRCUIT_OPEN

    rig.now = 2 * OPEN_SEC
    assert [await rig.ask(), await rig.ask()] == [ANSWER, ANSWER]
    assert counted()["CacheCircuitClosed"] == 1


@pytest.mark.parametrize("error", [exceptions.OutOfMemoryError("OOM"), exceptions.NoPermissionError("NOPERM")])
async def test_a_server_that_answers_with_a_harmless_error_is_asked_again(error: Exception) -> None:
    rig = Rig(FakeClient([error], [error], [ANSWER]), failures=1)

    assert [await rig.ask() for _ in range(3)] == [Reason.CACHE_UNAVAILABLE] * 2 + [ANSWER]


class Hanging(FakeClient):
    """Never answers."""

    async def execute(self, *, raise_on_error: bool) -> list[Any]:
        await asyncio.sleep(3600)
        return await super().execute(raise_on_error=raise_on_error)


@pytest.mark.parametrize(
    ("timeout_sec", "then"), [(0.0001, Reason.CACHE_CIRCUIT_OPEN), (3600, ANSWER)], ids=["late", "early"]
)
async def test_a_cancelled_command_counts_if_it_had_its_time(timeout_sec: float, then: object) -> None:
    rig = Rig(Hanging(), FakeClient([ANSWER]), failures=1, timeout_sec=timeout_sec)
    asking = asyncio.ensure_future(rig.valkey.ask(("GET", "key")))
    await asyncio.sleep(0.001)
    asking.cancel()
    with contextlib.suppress(asyncio.CancelledError, CacheUnavailable):
        await asking
    rig.waiting = rig.waiting[-1:]
    await rig.valkey.aclose()

    assert await rig.ask() == then
