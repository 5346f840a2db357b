"""Waiting for what another process does."""

import time
from collections.abc import Callable
from typing import Any

PATIENCE = 20.0
"""Seconds."""


def until(condition: Callable[[], Any], *, between: Callable[[], Any] = lambda: None) -> None:
    """Return once the condition holds, with `between` done after each look that it did not.

    Raises:
        AssertionError: it does not in `PATIENCE`.
    """
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it never came to be"
        between()
        time.sleep(0.01)
