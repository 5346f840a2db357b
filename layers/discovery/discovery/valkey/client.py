"""Valkey as the search path talks to it: some commands, one round trip, answers or a `CacheUnavailable`.

redis-py's clients do the talking, with all their retrying switched off: a retry with backoff, or the quarter of a
second that its cluster client sleeps on CLUSTERDOWN, is longer than the whole deadline. Instead, a client that failed
is thrown away, with its connections and its idea of the cluster, and the next command gets a new client. Commands are
sent a second time in one case alone: when a connection that had worked turns out to be closed.

A circuit breaker spares searches a server that hangs: each would wait for the whole time limit.
"""

import asyncio
import contextlib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from redis.asyncio import Redis, RedisCluster
from redis.exceptions import ConnectionError as ConnectionLost
from redis.exceptions import NoPermissionError, OutOfMemoryError, RedisClusterException, RedisError, ResponseError

from discovery.errors import CacheUnavailable
from discovery.observability import metrics
from discovery.reason import Reason
from discovery.resilience.breaker import CircuitBreaker
from discovery.resilience.outcome import telling

VALKEY_ERRORS = (RedisError, RedisClusterException, OSError)
"""All that a redis-py client raises; not all exceptions of its cluster client are a `RedisError`."""

_IDLE_SECONDS = 60.0
"""A connection that was idle for longer is not used: NAT and load balancers forget one after 350 s without a word, and
to find that out costs a timeout, where a new connection costs a millisecond."""
_HARMLESS = (OutOfMemoryError, NoPermissionError)
"""Errors that a new connection would get as well, so that the client is kept."""

Client = Redis | RedisCluster
Command = tuple[str | bytes | int, ...]


@contextlib.contextmanager
def asking_valkey() -> Iterator[None]:
    """Raise what a redis-py client raises as `CacheUnavailable`, whose message is the error's class."""
    try:
        yield
    except VALKEY_ERRORS as error:
        raise CacheUnavailable(type(error).__name__) from error


@dataclass
class _Kept:
    """A client, and whether its connections are known to work."""

    client: Client
    used_at: float
    answered: bool = False


class AsyncValkey:
    """A client of a stand-alone server or a cluster, for one event loop; it connects at first use."""

    def __init__(
        self,
        connect: Callable[[], Client],
        breaker: CircuitBreaker,
        *,
        timeout_sec: float,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        """Take a function that makes a client, and how many seconds one answer may take."""
        self._connect = connect
        self._breaker = breaker
        self._timeout_sec = timeout_sec
        # Not the monotonic clock, which stands still while SnapStart keeps an environment as a snapshot.
        self._now = wall_clock
        self._kept: _Kept | None = None
        self._closing: set[asyncio.Task[None]] = set()

    async def ask(self, *commands: Command) -> list[Any]:
        """Send commands in one round trip, to all nodes concerned at the same time; their answers in order.

        Where a key holds another type than its command wants, the answer is the error itself, as a value.

        Raises:
            CacheUnavailable: no answer in time, or another error, whose class is the message; or the circuit is open.
        """
        if not self._breaker.admits():
            raise CacheUnavailable("circuit open", Reason.CACHE_CIRCUIT_OPEN)
        with (
            asking_valkey(),
            telling(self._breaker, failure=CacheUnavailable, slow_after_sec=self._timeout_sec, clock=time.monotonic),
        ):
            return await self._answered(commands)

    async def run(self, script: str, keys: Sequence[str], *args: str | bytes | int) -> Any:
        """Run a Lua script with keys, all in one slot, and arguments; its answer.

        The script is sent each time (EVAL): a few hundred bytes cost less than the two round trips to every primary
        that redis-py makes when a server does not know a script (NOSCRIPT).

        Raises:
            CacheUnavailable: as `ask`, or a key holds another type than the script wants.
        """
        (answer,) = await self.ask(("EVAL", script, len(keys), *keys, *args))
        if isinstance(answer, ResponseError):
            raise CacheUnavailable(type(answer).__name__) from answer
        return answer

    async def aclose(self) -> None:
        """Close the connections."""
        if self._kept is not None:
            self._leave(self._kept)
        await asyncio.gather(*self._closing)

    async def _answered(self, commands: Sequence[Command]) -> list[Any]:
        """The answers; `CacheUnavailable` where the server is in trouble, and a harmless error as it is."""
        while True:
            kept = self._usable()
            try:
                return await self._round_trip(kept, commands)
            except VALKEY_ERRORS as error:
                # Lambda freezes an environment with its sockets, and servers close them meanwhile: ask once more, on a
                # new connection.
                if isinstance(error, _HARMLESS):
                    raise
                died_idle = kept.answered and type(error) is ConnectionLost
                self._leave(kept)
                if not died_idle:
                    raise CacheUnavailable(type(error).__name__) from error
            except asyncio.CancelledError:
                kept.answered = False  # redis-py has closed the connection, since half an answer was in it
                raise
            metrics.count("CacheReconnected")

    def _usable(self) -> _Kept:
        if self._kept is not None and not 0 <= self._now() - self._kept.used_at <= _IDLE_SECONDS:
            self._leave(self._kept)
        if self._kept is None:
            self._kept = _Kept(self._connect(), self._now())
        return self._kept

    async def _round_trip(self, kept: _Kept, commands: Sequence[Command]) -> list[Any]:
        # A limit for the whole: redis-py's own timeouts are for one connect, and for each of several answers.
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
        """Close a client in the background: a TLS shutdown waits for its peer, which may be gone."""
        if self._kept is kept:
            self._kept = None
        closing = asyncio.create_task(_close(kept.client))
        self._closing.add(closing)
        closing.add_done_callback(self._closing.discard)


def _is_wrong_type(error: Exception) -> bool:
    """Whether an error is WRONGTYPE, told by its text, since redis-py has no class for it."""
    return type(error) is ResponseError and str(error).startswith("WRONGTYPE")


async def _close(client: Client) -> None:
    with contextlib.suppress(*VALKEY_ERRORS):
        if isinstance(client, RedisCluster):
            # The client's own `aclose` does nothing where an error made it forget that it was connected.
            await client.nodes_manager.aclose()
            await client.nodes_manager.aclose("startup_nodes")
        await client.aclose()
