"""The circuit breaker, alone and around SONA."""

import asyncio
import contextlib

import pytest

from discovery.errors import SonaUnavailable
from discovery.resilience.breaker import CircuitBreaker, State
from discovery.sona.client import SonaClient
from tests.clock import StandingClock
from tests.conftest import Counted
from tests.fakes import FakeSona, sona_over

OPEN_SEC = 5


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock()


@pytest.fixture
def breaker(clock: StandingClock) -> CircuitBreaker:
    return CircuitBreaker("Sona", failures=3, open_sec=OPEN_SEC, clock=clock)


def opened(breaker: CircuitBreaker) -> CircuitBreaker:
    for _ in range(3):
        breaker.failed()
    return breaker


def test_failures_in_a_row_open_it(breaker: CircuitBreaker) -> None:
    breaker.failed()
    breaker.failed()
    assert breaker.admits()

    breaker.failed()
    assert not breaker.admits()


def test_a_success_in_between_starts_the_count_anew(breaker: CircuitBreaker) -> None:
    for _ in range(5):
        breaker.failed()
        breaker.failed()
        breaker.succeeded()

    assert breaker.state is State.CLOSED


def test_after_a_while_one_probe_goes_through_and_no_second(breaker: CircuitBreaker, clock: StandingClock) -> None:
    opened(breaker)
    clock.now = OPEN_SEC - 0.1
    assert not breaker.admits()

    clock.now = OPEN_SEC
    assert breaker.admits()
    assert breaker.state is State.HALF_OPEN
    assert not breaker.admits()


def test_a_probe_that_succeeds_closes_it(breaker: CircuitBreaker, clock: StandingClock) -> None:
    opened(breaker)
    clock.now = OPEN_SEC
    breaker.admits()

    breaker.succeeded()

    assert breaker.state is State.CLOSED
    breaker.failed()
    assert breaker.admits()


def test_a_probe_that_fails_opens_it_for_another_while(breaker: CircuitBreaker, clock: StandingClock) -> None:
    opened(breaker)
    clock.now = OPEN_SEC
    breaker.admits()

    breaker.failed()

    clock.now = 2 * OPEN_SEC - 0.1
    assert not breaker.admits()
    clock.now = 2 * OPEN_SEC
    assert breaker.admits()


def test_a_probe_given_up_for_anothers_fault_is_owed_still(breaker: CircuitBreaker, clock: StandingClock) -> None:
    opened(breaker)
    clock.now = OPEN_SEC
    breaker.admits()

    breaker.undecided()

    assert breaker.admits()


def test_its_changes_are_logged(breaker: CircuitBreaker, caplog: pytest.LogCaptureFixture) -> None:
    opened(breaker)

    (line,) = caplog.records
    assert (line.getMessage(), vars(line)["server"], vars(line)["state"]) == ("circuit changed", "Sona", "open")


def test_its_changes_are_counted(breaker: CircuitBreaker, clock: StandingClock, counted: Counted) -> None:
    opened(breaker)
    clock.now = OPEN_SEC
    breaker.admits()
    breaker.succeeded()

    counts = counted()
    assert (counts["SonaCircuitOpen"], counts["SonaCircuitHalfOpen"], counts["SonaCircuitClosed"]) == (1, 1, 1)


async def tried(client: SonaClient) -> str | None:
    """Why a fetch failed, or None."""
    try:
        await client.fetch("ana", ["alien"], lambda _: None)
    except SonaUnavailable as error:
        return error.reason
    return None


async def test_an_engine_that_keeps_failing_is_left_alone_and_asked_again_later(clock: StandingClock) -> None:
    sona = FakeSona({"ana": {"alien": 0.9}}, status=503)
    client = sona_over(sona, failures=4, clock=clock)
    for _ in range(4):
        assert await tried(client) == "sona_unavailable"
    asked = len(sona.asked)

    assert await tried(client) == "circuit_open"
    assert len(sona.asked) == asked

    sona.status, clock.now = 200, 5.0
    assert await tried(client) is None


@pytest.mark.parametrize(
    ("elapsed", "cause"), [(0.03, "circuit_open"), (0.025, "circuit_open"), (0.024, None), (0.01, None)]
)
async def test_a_deadline_counts_against_sona_only_if_sona_had_most_of_it(
    clock: StandingClock, elapsed: float, cause: str | None
) -> None:
    sona = FakeSona({"ana": {"alien": 0.9}}, delay=60)
    client = sona_over(sona, failures=1, clock=clock)
    clock.now = 0.025
    fetching = asyncio.ensure_future(client.fetch("ana", ["alien"], lambda _: None))
    await asyncio.sleep(0)
    clock.now += elapsed
    fetching.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await fetching

    sona.delay = 0
    assert await tried(client) == cause
