"""OpenSearch as the search path asks it: several searches at once; an answer, or why there is none.

opensearch-py does the talking, with its retrying switched off: a retry is for whoever has time. A circuit breaker
spares searches an engine that hangs: each would wait for the whole time limit.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from discovery.errors import IndexUnavailable, Unsearched
from discovery.observability import logger, metrics
from discovery.opensearch.together import Together
from discovery.resilience.breaker import CircuitBreaker
from discovery.resilience.outcome import telling

if TYPE_CHECKING:
    from opensearchpy import AsyncOpenSearch

Body = dict[str, Any]
Clock = Callable[[], float]

_TELLING = ",".join(
    [
        "took",
        *(f"responses.hits.hits.{name}" for name in ("_source", "fields", "matched_queries", "sort")),
        *(f"responses.{name}" for name in ("timed_out", "status", "error.type", "_shards.failed", "hits.total")),
        "responses.aggregations",
    ]
)
"""What is read of an answer: to leave out the rest makes it half as long."""
_TOO_MANY = 429
_SERVER_ERROR = 500
_SLOW_SHARE = 0.5
"""Of the time limit, from which on it is the engine that was slow."""


@dataclass(frozen=True)
class Search:
    """A search of an index."""

    index: str
    body: Body


@dataclass(frozen=True)
class Answer:
    """What one search found; where a part of the index could not be searched in time, or failed, the rest of it."""

    hits: Sequence[dict[str, Any]] = ()
    total: int = 0
    aggregations: dict[str, Any] | None = None
    missing: Unsearched | None = None
    """Why something may be missing."""


class Engine:
    """Asks one OpenSearch; it connects at first use."""

    def __init__(
        self,
        connect: Callable[[], "AsyncOpenSearch"],
        breaker: CircuitBreaker,
        *,
        timeout_ms: float,
        clock: Clock = time.monotonic,
    ) -> None:
        """`timeout_ms`: the most that one request may take, where it does not say otherwise."""
        self._connect = connect
        self._breaker = breaker
        self._timeout_ms = timeout_ms
        self._clock = clock
        self._client: AsyncOpenSearch | None = None
        self._together = Together(self._searched)

    async def search(self, searches: Sequence[Search], *, timeout_ms: float | None = None) -> list[Answer]:
        """Search in one request, with all that others ask at the same moment; answers are in the order of searches.

        Raises:
            IndexUnavailable: there is no answer to any of them; says why.
        """
        limit = self._timeout_ms if timeout_ms is None else min(timeout_ms, self._timeout_ms)
        answers = list(await self._together.ask(searches, limit))
        missing = {answer.missing for answer in answers}
        if None not in missing and all(not answer.hits for answer in answers):
            raise IndexUnavailable(answers[0].missing or "failed")
        return answers

    async def known(self, index: str, ids: Sequence[str]) -> set[str]:
        """Which ids the documents of an index have.

        Raises:
            IndexUnavailable: there is no answer; says why.
        """
        if not ids:
            return set()
        # As searches see them, and not in real time: a title that was deleted just now was found a moment ago.
        asked = {"realtime": False, "request_timeout": self._timeout_ms / 1000, "_source": False}
        with self._asking(self._timeout_ms):
            said = await self._opensearch.mget(index=index, body={"ids": list(ids)}, **asked)
        return {one["_id"] for one in said["docs"] if one.get("found")}

    async def aclose(self) -> None:
        """Close the connections."""
        if self._client is not None:
            await self._client.close()

    async def _searched(self, searches: Sequence[Search], limit_ms: float) -> list[Answer]:
        lines: list[Body] = []
        for search in searches:
            lines += [{"index": search.index}, {"timeout": f"{max(1, int(limit_ms))}ms"} | search.body]
        with self._asking(limit_ms):
            said = await self._opensearch.msearch(
                body=lines, params={"filter_path": _TELLING, "request_timeout": limit_ms / 1000}
            )
        return [_answer(one) for one in said["responses"]]

    @property
    def _opensearch(self) -> "AsyncOpenSearch":
        if self._client is None:
            self._client = self._connect()
        return self._client

    @contextmanager
    def _asking(self, limit_ms: float) -> Iterator[None]:
        from opensearchpy.exceptions import OpenSearchException  # noqa: PLC0415 - the other house needs no client

        if not self._breaker.admits():
            metrics.count("OpenSearchSkipped")
            raise IndexUnavailable("unavailable")
        slow_after_sec = _SLOW_SHARE * limit_ms / 1000
        with telling(self._breaker, failure=IndexUnavailable, slow_after_sec=slow_after_sec, clock=self._clock):
            try:
                yield
            except (OpenSearchException, OSError) as error:
                reason = reason_of(error)
                metrics.count("OpenSearchFailed")
                logger.warning("OpenSearch did not answer", reason=reason, error=type(error).__name__)
                raise IndexUnavailable(reason) from error


def _answer(said: dict[str, Any]) -> Answer:
    if "error" in said:
        logger.warning("OpenSearch refused a search", status=said.get("status"), error=said["error"].get("type"))
        return Answer(missing=_of_status(int(said.get("status", _SERVER_ERROR))))
    missing: Unsearched | None = None
    if said.get("timed_out"):
        missing = "deadline"
    elif said.get("_shards", {}).get("failed"):
        missing = "failed"
    found = said.get("hits", {})
    return Answer(
        hits=found.get("hits", ()),
        total=found.get("total", {}).get("value", 0),
        aggregations=said.get("aggregations"),
        missing=missing,
    )


def reason_of(error: Exception) -> Unsearched:
    """Why there is no answer, by what a client raised."""
    from opensearchpy.exceptions import ConnectionTimeout, TransportError  # noqa: PLC0415

    if isinstance(error, ConnectionTimeout | TimeoutError):
        return "deadline"
    if isinstance(error, TransportError) and isinstance(error.status_code, int):
        return _of_status(error.status_code)
    return "unavailable"


def _of_status(status: int) -> Unsearched:
    if status == _TOO_MANY:
        return "overloaded"
    return "unavailable" if status >= _SERVER_ERROR else "failed"
