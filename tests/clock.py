"""An event loop whose clock jumps over what it would wait for, so that a test asserts on time without taking any."""

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any


class _JumpingSelector(selectors.DefaultSelector):
    """Where the loop would wait for its next timer, the time has passed already."""

    now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:  # there is no timer: only a thread can wake the loop
            return super().select(None)
        self.now += max(timeout, 0.0)
        return super().select(0)


class JumpingLoop(asyncio.SelectorEventLoop):
    """Its time stands still while anything can be done, and otherwise is that of the next timer."""

    def __init__(self) -> None:
        self._jumping = _JumpingSelector()
        super().__init__(self._jumping)

    def time(self) -> float:
        """Seconds since the loop was made."""
        return self._jumping.now


def timed[T](awaited: Coroutine[Any, Any, T]) -> tuple[T, float]:
    """What a coroutine returns, and the milliseconds that passed on the loop's clock."""
    with asyncio.Runner(loop_factory=JumpingLoop) as runner:
        began = runner.get_loop().time()
        result = runner.run(awaited)
        return result, round((runner.get_loop().time() - began) * 1000, 3)


class StandingClock:
    """Seconds, which stand until a test sets them."""

    def __init__(self, now: float = 0.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now
