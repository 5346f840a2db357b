"""Who opted out, in Valkey: a marker for each such person, so that a preview of another person can know it.

That somebody opted out is in their own tokens, and their own requests need nothing else. The marker holds when the
token that said so was issued. Of two tokens that differ the later one counts: one that was issued before a person opted
out is still valid for a while, and must not undo it.
"""

import time
from collections.abc import Callable

from discovery.errors import CacheUnavailable
from discovery.observability import logger, metrics
from discovery.valkey.client import AsyncValkey

MARKER_TTL_SECONDS = 395 * 86_400
"""13 months from the last token: somebody who comes back once a year is still known."""

_MOST_KNOWN = 1000
_RETRY_SECONDS = 10.0
"""After a failure: searches of people who opted out, or are in again, must not wait for Valkey each time."""

_REMEMBER = """#!lua
if (tonumber(redis.call('GET', KEYS[1]) or '') or 0) > tonumber(ARGV[1]) then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2])
return 1
"""

_FORGET = """#!lua flags=allow-oom
local marked = redis.call('GET', KEYS[1])
if not marked or (tonumber(marked) or 0) >= tonumber(ARGV[1]) then return 0 end
return redis.call('DEL', KEYS[1])
"""
"""The first line lets it run when memory is full, of which it can only free some."""

Clock = Callable[[], float]


def opt_out_key(user: str) -> str:
    """Key of a user's marker, in one cluster slot with their other keys."""
    return f"opt-out:{{{user}}}"


def opted_out_at(answer: object) -> float | None:
    """When the token was issued by which somebody opted out (Unix seconds), as read from Valkey; None if they did not.

    A value that makes no sense is an opt-out that any later token undoes.
    """
    if answer is None:
        return None
    try:
        return float(answer) if isinstance(answer, bytes) else 0.0
    except ValueError:
        return 0.0


class OptOuts:
    """Writes the markers, of which one that can't be written costs a metric and a log line; `ScoreCache` reads them."""

    def __init__(self, client: AsyncValkey, *, clock: Clock = time.monotonic) -> None:
        """Take a client that somebody else closes."""
        self._client = client
        self._clock = clock
        self._known: dict[str, float] = {}
        """When the tokens were issued whose markers this environment has written, by user."""
        self._retry_at = 0.0

    async def remember(self, user: str, issued_at: float) -> None:
        """Mark that a user opted out, by a token issued then (Unix seconds); once for each token."""
        if self._known.get(user, -1.0) >= issued_at:
            return
        if await self._run(_REMEMBER, user, issued_at, MARKER_TTL_SECONDS):
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            self._known[user] = issued_at

    async def forget(self, user: str, issued_at: float) -> None:
        """Take the mark away, unless it is of a token that was issued later."""
        await self._run(_FORGET, user, issued_at)

    async def _run(self, script: str, user: str, issued_at: float, *args: int) -> bool:
        """Whether Valkey ran it, which is not tried within ten seconds of a failure."""
        if self._clock() < self._retry_at:
            return False
        try:
            await self._client.run(script, [opt_out_key(user)], repr(issued_at), *args)
        except CacheUnavailable as error:
            self._retry_at = self._clock() + _RETRY_SECONDS
            metrics.count("OptOutNotMarked")
            logger.warning("opt-out not marked", reason=str(error))
            return False
        return True
