"""A circuit breaker: after repeated failures nobody is asked for a while, then one probe decides.

    closed ──failures in a row──▶ open ──open_sec later──▶ half-open ──probe succeeds──▶ closed
                                   ▲                            │
                                   └────────probe fails─────────┘

Nygard, "Release It!", 2007. In memory, one per environment: a shared state would itself be a call that can fail. Own
code, since Powertools' breaker is synchronous.
"""

import time
from collections.abc import Callable
from enum import StrEnum

from discovery.observability import logger, metrics

Clock = Callable[[], float]


class State(StrEnum):
    """Whether requests go through."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


class CircuitBreaker:
    """Counts failures in a row; the clock is monotonic seconds."""

    def __init__(self, server: str, *, failures: int, open_sec: float, clock: Clock = time.monotonic) -> None:
        """`server` begins the names of its metrics."""
        self._server = server
        self._threshold = failures
        self._open_sec = open_sec
        self._clock = clock
        self._failures = 0
        self._opened_at = 0.0
        self.state = State.CLOSED

    def admits(self) -> bool:
        """Whether a request may go; where it is the probe, no other may until its outcome is known."""
        if self.state is State.OPEN and self._clock() - self._opened_at >= self._open_sec:
            self._enter(State.HALF_OPEN)
            return True
        return self.state is State.CLOSED

    def succeeded(self) -> None:
        """The request that was admitted did well."""
        self._failures = 0
        if self.state is not State.CLOSED:
            self._enter(State.CLOSED)

    def failed(self) -> None:
        """The request that was admitted did not."""
        self._failures += 1
        if self.state is State.HALF_OPEN or self._failures >= self._threshold:
            self._opened_at = self._clock()
            self._enter(State.OPEN)

    def undecided(self) -> None:
        """The request that was admitted was given up for another's fault: a probe is still owed."""
        if self.state is State.HALF_OPEN:
            self._enter(State.OPEN)

    def _enter(self, state: State) -> None:
        self.state = state
        metrics.count(f"{self._server}Circuit{state.title().replace('_', '')}")
        logger.warning("circuit changed", server=self._server, state=state)
