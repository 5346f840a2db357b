"""Gathering a person's scores: the cache, SONA for the missing ones, and the write-back, inside one deadline."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from discovery.api.auth import Caller
from discovery.errors import CacheUnavailable, SonaUnavailable, UserKeyUnavailable
from discovery.observability import logger, metrics
from discovery.personalization.blending import Blended, blend
from discovery.personalization.result import Candidate, Personalized
from discovery.personalization.score_cache import CacheRead, ScoreCache
from discovery.policy.policy import Assignment, Policy
from discovery.policy.source import PolicySource
from discovery.privacy.hashing import user_hash
from discovery.privacy.user_key import UserKey
from discovery.sona.client import SonaClient
from discovery.sona.contract import Score

Clock = Callable[[], float]

_POLICY_SHARE_OF_DEADLINE = 0.5
"""Of the deadline, what the first search of an environment may spend on waiting for its policy."""


@dataclass
class Attempt:
    """What has arrived so far; whatever is in it when the deadline strikes is used."""

    began: float
    """On the gatherer's clock."""
    policy: Policy
    assignment: Assignment = Assignment(None, 0.0, "default")  # noqa: RUF009 - frozen
    user: str = ""
    """Keyed hash of the user id; empty where nothing is looked up for them."""
    read: CacheRead | None = None
    """None where the cache did not answer."""
    generation_read: int = 0
    cached: Mapping[str, Score] = field(default_factory=dict)
    live: dict[str, Score] = field(default_factory=dict)

    @property
    def scores(self) -> dict[str, Score]:
        """By content id."""
        return {**self.cached, **self.live}


class ScoreGatherer:
    """Gathers scores for a search or a preview; what it is waiting for when its deadline strikes is cancelled."""

    def __init__(
        self,
        cache: ScoreCache,
        sona: SonaClient,
        policies: PolicySource,
        *,
        enabled: bool,
        user_key: UserKey,
        timeout_ms: float,
        clock: Clock = time.monotonic,
    ) -> None:
        self._cache = cache
        self._sona = sona
        self._policies = policies
        self._enabled = enabled
        self._user_key = user_key
        self._timeout_sec = timeout_ms / 1000
        self._clock = clock

    def begin(self) -> Attempt:
        """An attempt in which nothing has arrived yet."""
        return Attempt(self._clock(), self._policies.current)

    def reason_to_skip(self, caller: Caller, candidates: Sequence[Candidate]) -> str | None:
        """Why nothing at all is to be looked up, or None."""
        if caller.user_id is None:
            return "anonymous"
        if caller.opted_out:
            return "opted_out"
        try:
            if not self._enabled or not self._user_key.at_hand():
                return "disabled"
        except UserKeyUnavailable:
            return "user_key_unavailable"
        return None if candidates else "no_candidates"

    async def in_time(self, attempt: Attempt, gathering: Awaitable[str | None], wanted: int) -> str | None:
        """Await a gathering until the deadline; why it brought less than the wanted number of scores, or None."""
        try:
            async with asyncio.timeout(self._timeout_sec):
                return await gathering
        except TimeoutError:
            # With every score at hand it was the write-back that was late, which the person need not care about.
            metrics.count("DeadlineReached")
            return "timeout" if len(attempt.scores) < wanted else None
        except Exception as error:  # noqa: BLE001 - personalization may improve an answer and never break it
            metrics.count("PersonalizationBroken")
            logger.exception("personalization failed", reason=type(error).__name__)
            return "internal_error"

    def identify(self, user_id: str) -> str:
        """The keyed hash of a user id; empty where there is no key to hash with."""
        try:
            key = self._user_key.at_hand()
        except UserKeyUnavailable:
            return ""
        return user_hash(user_id, key) if key else ""

    async def look_up(self, attempt: Attempt, content_ids: Sequence[str]) -> None:
        """One round trip to the cache for the attempt's user, which brings the policy too."""
        attempt.generation_read = attempt.policy.cache_generation
        attempt.read = read = await self._read(attempt.user, attempt.generation_read, content_ids)
        patience = self._timeout_sec * _POLICY_SHARE_OF_DEADLINE
        attempt.policy = await self._policies.settle(read.policy if read else None, patience)

    async def complete(self, attempt: Attempt, user_id: str, content_ids: Sequence[str]) -> str | None:
        """After `look_up`: fetch what the cache has not, and write it back; why scores are missing, or None."""
        user, generation = attempt.user, attempt.policy.cache_generation
        if attempt.read and generation != attempt.generation_read:  # raised since this environment's last search
            attempt.read = await self._read(user, generation, content_ids)
        read = attempt.read
        attempt.cached = read.scores if read else {}
        missing = [content_id for content_id in content_ids if content_id not in attempt.cached]
        failure = await self._fetch(user_id, missing, attempt) if missing else None
        if read and attempt.live:
            await self._write_back(user, generation, read, attempt.live)
        if failure or not attempt.scores:
            return failure or "cold_user"
        return None if read else "cache_unavailable"

    def outcome(
        self,
        attempt: Attempt,
        candidates: Sequence[Candidate],
        reason: str | None,
        *,
        requested_variant: str | None = None,
        why_not_requested: str | None = None,
    ) -> Personalized:
        """What came of an attempt, which ends here: what had arrived, blended with the weight assigned."""
        return Personalized(
            candidates=candidates,
            blended=blended(candidates, attempt.scores, attempt.assignment.weight),
            cached=attempt.cached,
            live=attempt.live,
            assignment=attempt.assignment,
            user=attempt.user or None,
            requested_variant=requested_variant,
            why_not_requested=why_not_requested,
            reason=reason,
            policy_version=attempt.policy.version,
            epoch=attempt.policy.epoch,
            policy_age_ms=self._policies.age_ms(attempt.policy),
            elapsed_ms=(self._clock() - attempt.began) * 1000,
        )

    async def _fetch(self, user_id: str, missing: Sequence[str], attempt: Attempt) -> str | None:
        try:
            await self._sona.fetch(user_id, missing, attempt.live.update)
        except SonaUnavailable as error:
            metrics.count("SonaFailed")
            logger.warning("SONA failed", reason=str(error))
            return error.cause
        return None

    async def _read(self, user: str, generation: int, content_ids: Sequence[str]) -> CacheRead | None:
        try:
            return await self._cache.read(user, generation, content_ids)
        except CacheUnavailable as error:
            metrics.count("CacheFailed")
            logger.warning("cache unavailable", reason=str(error))
            return None

    async def _write_back(self, user: str, generation: int, read: CacheRead, live: Mapping[str, Score]) -> None:
        try:
            if not await self._cache.write_back(user, generation, read.epoch, live):
                metrics.count("WriteBackDropped")
        except CacheUnavailable as error:
            metrics.count("CacheFailed")
            logger.warning("write-back failed", reason=str(error))


def blended(candidates: Sequence[Candidate], scores: Mapping[str, Score], weight: float) -> list[Blended] | None:
    """The blend of candidates with the scores at hand; None where there are none."""
    if not scores:
        return None
    return blend(
        [candidate.content_id for candidate in candidates],
        [candidate.relevance for candidate in candidates],
        {content_id: score.value for content_id, score in scores.items()},
        weight,
    )
