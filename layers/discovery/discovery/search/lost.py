"""What of a search could not be had from its index: the answer goes on without it, and says why."""

from collections.abc import Awaitable

from discovery.errors import IndexUnavailable, Unsearched


class Lost:
    """Of one search."""

    def __init__(self) -> None:
        self.reason: Unsearched | None = None
        """Why the first that was lost was; None where nothing was."""

    async def without[T](self, asked: Awaitable[T], instead: T) -> T:
        """What was asked for; `instead` of it where the index gives no answer."""
        try:
            return await asked
        except IndexUnavailable as error:
            self.reason = self.reason or error.reason
            return instead
