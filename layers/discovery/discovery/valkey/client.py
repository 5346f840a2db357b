"""Valkey as the search path talks to it: some commands, one round trip, answers or a `CacheUnavailable`.

redis-py's clients do the talking, with their own ways of not giving up switched off: a retry with backoff, or the
quarter of a second that its cluster client sleeps on CLUSTERDOWN, is longer than the whole deadline. What is kept here
instead is simple: a client that failed is thrown away, with its connections and its idea of the cluster, and the next
command gets a new one. One command is sent a second time, when a kept connection turns out to have died.
"""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from redis.asyncio import Redis, RedisCluster
from redis.exceptions import ConnectionError as ConnectionLost
from redis.exceptions import NoPermissionError, OutOfMemoryError, RedisClusterException, RedisError, ResponseError

from discovery.errors import CacheUnavailable
from discovery.observability import metrics

VALKEY_ERRORS = (RedisError, RedisClusterException, OSError)
"""All that a redis-py client raises; its cluster's exceptions are no `RedisError`."""

_IDLE_SECONDS = 60.0
"""Connections that were idle for longer are not trusted: some network may have forgotten them without a word, as NAT
and load balancers do after 350 s, and finding out would cost a timeout where a new connection costs a millisecond."""
_HARMLESS = (OutOfMemoryError, NoPermissionError)
"""Errors that a new connection would get as well."""

Client = Redis | RedisCluster
Command = tuple[str | bytes | int, ...]
Script = Callable[[Sequence[str], Sequence[str | bytes | int]], Awaitable[Any]]


@dataclass
class _Kept:
    """A client, and whether its connections are known to work."""

    client: Client
    used_at: float
    answered: bool = False


class AsyncValkey:
    """A stand-alone server or a cluster; connects at first use. Not for several event loops."""

    def __init__(
        self, connect: Callable[[], Client], *, timeout_sec: float, wall_clock: Callable[[], float] = time.time
    ) -> None:
        """Take a function that makes a client, and the seconds that one answer may take."""
        self._connect = connect
        self._timeout_sec = timeout_sec
        # Not the monotonic clock, which stands still in a snapshot.
        self._now = wall_clock
        self._kept: _Kept | None = None
        self._closing: set[asyncio.Task[None]] = set()

    async def ask(self, *commands: Command) -> list[Any]:
        """Send commands in one round trip to each node concerned, side by side; their answers in order.

        A key that holds another type than a command wants is answered by the error itself, as a value.

        Raises:
            CacheUnavailable: no answer in time, or another error; the message is the error's class.
        """
        while True:
            kept = self._usable()
            try:
                return await self._round_trip(kept, commands)
            except VALKEY_ERRORS as error:
                # Lambda freezes an environment and its sockets with it: once more, on a connection that is new.
                died_idle = kept.answered and type(error) is ConnectionLost
                if not isinstance(error, _HARMLESS):
                    self._leave(kept)
                if not died_idle:
                    raise CacheUnavailable(type(error).__name__) from error
            except asyncio.CancelledError:
                kept.answered = False  # redis-py closed the connection: half an answer was in it
                raise
            metrics.count("CacheReconnected")

    def register_script(self, script: str) -> Script:
        """A function of keys, all in one slot, and arguments that runs a Lua script.

        By EVAL each time: its few hundred bytes cost less than the two more round trips, to every primary, with
        which redis-py answers NOSCRIPT.
        """

        async def run(keys: Sequence[str], args: Sequence[str | bytes | int]) -> Any:
            (answer,) = await self.ask(("EVAL", script, len(keys), *keys, *args))
            if isinstance(answer, ResponseError):
                raise CacheUnavailable(type(answer).__name__) from answer
            return answer

        return run

    async def aclose(self) -> None:
        """Close the connections."""
        if self._kept is not None:
            self._leave(self._kept)
        await asyncio.gather(*self._closing)

    def _usable(self) -> _Kept:
        if self._kept is not None and not 0 <= self._now() - self._kept.used_at <= _IDLE_SECONDS:
            self._leave(self._kept)
        if self._kept is None:
            self._kept = _Kept(self._connect(), self._now())
        return self._kept

    async def _round_trip(self, kept: _Kept, commands: Sequence[Command]) -> list[Any]:
        # Around redis-py's own timeouts, which are for one connect and for one answer of several.
        limit = self._timeout_sec if kept.answered else 2 * self._timeout_sec
        async with asyncio.timeout(limit), kept.client.pipeline(transaction=False) as pipeline:
            for command in commands:
                pipeline.execute_command(*command)
            answers: list[Any] = await pipeline.execute(raise_on_error=False)
        for answer in answers:
            if isinstance(answer, Exception) and not _is_wrong_type(answer):
                raise answer
        kept.answered, kept.used_at = True, self._now()
        return answers

    def _leave(self, kept: _Kept) -> None:
        """Have a client closed without waiting for it: a peer that is gone does not take part in a TLS shutdown."""
        if self._kept is kept:
            self._kept = None
        closing = asyncio.create_task(_close(kept.client))
        self._closing.add(closing)
        closing.add_done_callback(self._closing.discard)


def _is_wrong_type(error: Exception) -> bool:
    """Whether an error is WRONGTYPE, by the protocol's code for it: redis-py has no class."""
    return type(error) is ResponseError and str(error).startswith("WRONGTYPE")


async def _close(client: Client) -> None:
    with contextlib.suppress(*VALKEY_ERRORS):
        if isinstance(client, RedisCluster):
            # Not its own `aclose`, which does nothing where an error made the client forget that it was connected.
            await client.nodes_manager.aclose()
            await client.nodes_manager.aclose("startup_nodes")
        await client.aclose()
