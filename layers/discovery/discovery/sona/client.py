"""SONA: how much a user likes each of some contents.

One batch request where the engine has the endpoint; parallel single ones where it has not, through aiohttp's
connection pool: a hundred of them take 20 ms there and 122 ms through httpx's own. A circuit breaker spares an engine
that keeps failing, and the searches that would wait for it. An adaptive limit keeps the requests that a lost cache lets
through to what the engine can answer.
"""

import asyncio
import math
import time
from collections.abc import Callable, Coroutine, Iterable, Iterator, Mapping, Sequence
from itertools import batched
from typing import Annotated, Any

import httpx
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from discovery.errors import SonaUnavailable
from discovery.observability import metrics
from discovery.reason import Reason
from discovery.resilience.breaker import CircuitBreaker
from discovery.resilience.limit import AdaptiveLimit
from discovery.resilience.outcome import telling
from discovery.sona.contract import (
    COMPONENTS,
    SCORE_PATH,
    SCORES_PATH,
    Identifier,
    Named,
    Score,
    ScoreRequest,
    ScoresRequest,
    Why,
)
from discovery.sona.http import Answer, JsonPoster

_NO_SUCH_ENDPOINT = frozenset({404, 405, 501})
_MOST_TITLES, _LONGEST_WORDS = 3, 300

Clock = Callable[[], float]
Received = Callable[[Mapping[str, Score]], None]
"""Told of scores as they arrive, so that they count even if the rest is late."""


class _SingleAnswer(BaseModel):
    """The answer about one content. Scores are judged one by one, by `_accepted`, so that a bad one spoils no other."""

    model_config = ConfigDict(extra="allow")

    user_id: str


class _BatchAnswer(BaseModel):
    user_id: str
    scores: list[Any]


class _Liked(BaseModel):
    content_id: Identifier
    title: Annotated[str, StringConstraints(max_length=_LONGEST_WORDS)]


class _Explained(BaseModel):
    """What an engine that can explain adds to a score."""

    content_id: str
    because_you_liked: Annotated[list[_Liked], Field(max_length=_MOST_TITLES)]
    reason: Annotated[str, StringConstraints(max_length=_LONGEST_WORDS)]


class SonaClient:
    """Asks SONA for scores."""

    def __init__(
        self,
        http: JsonPoster,
        breaker: CircuitBreaker,
        *,
        batch_size: int,
        no_batch_retry_sec: float,
        slow_after_sec: float,
        clock: Clock = time.monotonic,
    ) -> None:
        """`slow_after_sec`: a fetch that is cancelled earlier was not SONA's fault; others had used the deadline up."""
        self._http = http
        self._breaker = breaker
        self._limit = AdaptiveLimit()
        self._batch_size = batch_size
        self._no_batch_retry_sec = no_batch_retry_sec
        self._slow_after_sec = slow_after_sec
        self._clock = clock
        self._singles_until = -math.inf

    async def fetch(
        self, user_id: str, content_ids: Sequence[str], received: Received, *, bounded: bool = False
    ) -> None:
        """Ask for the scores of contents and hand them on as they arrive; unscored ones are simply not among them.

        The caller sets the deadline, by cancelling. `bounded`: whether the adaptive limit decides if there is a request
        at all.

        Raises:
            SonaUnavailable: a request failed, the circuit is open, the limit is reached, or there is no token to send
                yet. What other requests brought was handed on.
        """
        self._http.require_token()  # without one SONA is not asked, so neither circuit nor limit has anything to learn
        if bounded and not self._limit.admits():
            metrics.count("SonaLimited")
            raise SonaUnavailable(Reason.SONA_LIMITED)
        if not self._breaker.admits():
            raise SonaUnavailable(Reason.CIRCUIT_OPEN)
        with telling(
            *(self._breaker, self._limit),
            failure=SonaUnavailable,
            slow_after_sec=self._slow_after_sec,
            clock=self._clock,
        ):
            await self._fetch(user_id, content_ids, received)

    async def explain(self, user_id: str, content_ids: Sequence[str]) -> dict[str, Why]:
        """Ask why a user likes contents, by content id; those of which the engine can't say it are not among them.

        Nothing is learned about SONA's health from it: the scores have come, or have not, before.

        Raises:
            SonaUnavailable: the request failed, or there is no token to send yet.
        """
        self._http.require_token()
        asked = ScoresRequest.model_construct(user_id=user_id, content_ids=list(content_ids), explain=True)
        batch = _parsed(_BatchAnswer, await self._http.post(SCORES_PATH, asked))
        return dict(why for answer in batch.scores for why in _explained(answer))

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def _fetch(self, user_id: str, content_ids: Sequence[str], received: Received) -> None:
        if self._clock() >= self._singles_until:
            if await self._fetch_batches(user_id, content_ids, received):
                return
            self._singles_until = self._clock() + self._no_batch_retry_sec
        await self._fetch_singles(user_id, content_ids, received)

    async def _fetch_batches(self, user_id: str, content_ids: Sequence[str], received: Received) -> bool:
        """Whether the engine has the batch endpoint."""

        async def one(ids: tuple[str, ...]) -> bool:
            answer = await self._http.post(
                SCORES_PATH, ScoresRequest.model_construct(user_id=user_id, content_ids=list(ids))
            )
            if answer.status in _NO_SUCH_ENDPOINT:
                return False
            batch = _parsed(_BatchAnswer, answer)
            received(_accepted(batch.scores, ids, of_user=batch.user_id == user_id))
            return True

        return all(await _all_of(one(ids) for ids in batched(content_ids, self._batch_size, strict=False)))

    async def _fetch_singles(self, user_id: str, content_ids: Sequence[str], received: Received) -> None:
        async def one(content_id: str) -> None:
            answer = await self._http.post(
                SCORE_PATH, ScoreRequest.model_construct(user_id=user_id, content_id=content_id)
            )
            if answer.status == httpx.codes.NOT_FOUND:
                return  # SONA knows no score of this content for this user
            single = _parsed(_SingleAnswer, answer)
            received(_accepted([single.model_extra], [content_id], of_user=single.user_id == user_id))

        await _all_of(one(content_id) for content_id in content_ids)


async def _all_of[T](requests: Iterable[Coroutine[object, object, T]]) -> list[T]:
    """Run requests side by side to their ends, then raise the first failure, if any."""
    outcomes = await asyncio.gather(*requests, return_exceptions=True)
    for outcome in outcomes:
        if isinstance(outcome, BaseException):
            raise outcome
    return [outcome for outcome in outcomes if not isinstance(outcome, BaseException)]


def _parsed[M: BaseModel](model: type[M], answer: Answer) -> M:
    if answer.status != httpx.codes.OK:
        raise SonaUnavailable(Reason.SONA_UNAVAILABLE, f"status {answer.status}")
    try:
        return model.model_validate_json(answer.body)
    except ValidationError as error:
        raise SonaUnavailable(Reason.SONA_INVALID, f"{error.error_count()} errors") from error


def _accepted(answers: Sequence[Any], asked: Iterable[str], *, of_user: bool) -> dict[str, Score]:
    """The scores that were asked for and make sense; the rest is dropped and counted."""
    if not of_user:
        raise SonaUnavailable(Reason.SONA_INVALID, "scores of another user")
    now = time.time()
    wanted = set(asked)
    accepted: dict[str, Score] = {}
    for answer in answers:
        match answer:
            case {"content_id": str(content_id), "score": score} if content_id in wanted and _is_unit(score):
                wanted.discard(content_id)  # the first of two scores of one content counts
                accepted[content_id] = Score(float(score), now, _known(answer.get("components")))
    if dropped := len(answers) - len(accepted):
        metrics.count("SonaScoresDropped", dropped)
        if not accepted:
            raise SonaUnavailable(Reason.SONA_INVALID, f"none of {dropped} scores makes sense")
    return accepted


def _explained(answer: object) -> Iterator[tuple[str, Why]]:
    """The explanation in one answer; nothing where there is none that makes sense."""
    try:
        said = _Explained.model_validate(answer)
    except ValidationError:
        return
    yield said.content_id, Why(tuple(Named(one.content_id, one.title) for one in said.because_you_liked), said.reason)


def _known(components: object) -> dict[str, float]:
    """The components that are known by name and in range; they explain, and never decide."""
    named = components if isinstance(components, dict) else {}
    return {name: float(named[name]) for name in COMPONENTS if _is_unit(named.get(name))}


def _is_unit(value: object) -> bool:
    """Whether a JSON value is a number in [0, 1]; NaN and infinity fail the comparison."""
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1
