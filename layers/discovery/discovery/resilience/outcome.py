"""How a request to a server ended, told to whoever decides on the next one."""

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from typing import Protocol


class Learner(Protocol):
    """Decides on requests by how others ended."""

    def succeeded(self) -> None:
        """The server did its part."""

    def failed(self) -> None:
        """It did not, or was too late."""

    def undecided(self) -> None:
        """The request was given up for another's fault."""


@contextlib.contextmanager
def telling(
    *learners: Learner, failure: type[Exception], slow_after_sec: float, clock: Callable[[], float]
) -> Iterator[None]:
    """Tell learners how the block, one request, ends: well, or with this error, or cancelled.

    `slow_after_sec`: a request that is cancelled earlier was not the server's fault; others had used the deadline up.
    With any other error it ended well: the server did its part.
    """
    began = clock()
    try:
        yield
    except asyncio.CancelledError:
        is_late = clock() - began >= slow_after_sec
        for learner in learners:
            learner.failed() if is_late else learner.undecided()
        raise
    except failure:
        for learner in learners:
            learner.failed()
        raise
    except Exception:
        for learner in learners:
            learner.succeeded()
        raise
    for learner in learners:
        learner.succeeded()
