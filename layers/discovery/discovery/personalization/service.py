"""Personalising candidates: cache, SONA, write-back and blend, inside one deadline."""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from discovery.auth import Caller
from discovery.errors import CacheUnavailable, SonaUnavailable
from discovery.observability import logger, metrics
from discovery.personalization.blending import Blended, blend
from discovery.personalization.outcome import Candidate, Personalised
from discovery.personalization.policy import Assignment, Policy
from discovery.personalization.policy_source import PolicySource
from discovery.personalization.scores import CacheRead, Score, ScoreCache, user_hash
from discovery.personalization.sona import SonaClient
from discovery.settings import PersonalizationSettings

Clock = Callable[[], float]

_POLICY_SHARE_OF_DEADLINE = 0.5
"""Of the deadline, what the first search of an environment may spend on waiting for its policy."""


@dataclass
class _Attempt:
    """What has arrived so far; whatever is in it when the deadline strikes is used."""

    policy: Policy
    assignment: Assignment
    user: str | None = None
    """Keyed hash of the user id."""
    cached: Mapping[str, Score] = field(default_factory=dict)
    live: dict[str, Score] = field(default_factory=dict)

    @property
    def scores(self) -> dict[str, Score]:
        return {**self.cached, **self.live}


class Personalizer:
    """Reorders candidates for a caller; never raises, and never takes longer than its deadline."""

    def __init__(
        self,
        cache: ScoreCache,
        sona: SonaClient,
        policies: PolicySource,
        settings: PersonalizationSettings,
        *,
        user_key: bytes,
        clock: Clock = time.monotonic,
    ) -> None:
        self._cache = cache
        self._sona = sona
        self._policies = policies
        self._settings = settings
        self._user_key = user_key
        self._clock = clock

    async def personalise(
        self, caller: Caller, requested_variant: str | None, candidates: Sequence[Candidate]
    ) -> Personalised:
        """Rerank candidates, given best first."""
        began = self._clock()
        policy = self._policies.current
        attempt = _Attempt(policy, Assignment(None, 0.0, "default"))
        reason = self._reason_to_skip(caller, candidates)
        if reason is None and caller.user_id is not None:
            reason = await self._gather_in_time(attempt, caller.user_id, requested_variant, candidates)
        outcome = Personalised(
            candidates=candidates,
            blended=_blended(attempt, candidates, reason),
            cached=attempt.cached,
            live=attempt.live,
            assignment=attempt.assignment,
            user=attempt.user,
            requested_variant=requested_variant,
            reason=reason,
            policy_version=attempt.policy.version,
            epoch=attempt.policy.epoch,
            policy_age_ms=self._policies.age_ms(attempt.policy),
            elapsed_ms=(self._clock() - began) * 1000,
        )
        _measure(outcome)
        return outcome

    async def aclose(self) -> None:
        """Close the connections to SONA and the cache."""
        await self._sona.aclose()
        await self._cache.aclose()

    def _reason_to_skip(self, caller: Caller, candidates: Sequence[Candidate]) -> str | None:
        if caller.user_id is None:
            return "anonymous"
        if caller.opted_out:
            return "opted_out"
        if not self._settings.enabled or not self._user_key:
            return "disabled"
        return None if candidates else "no_candidates"

    async def _gather_in_time(
        self, attempt: _Attempt, user_id: str, requested: str | None, candidates: Sequence[Candidate]
    ) -> str | None:
        content_ids = [candidate.content_id for candidate in candidates]
        try:
            async with asyncio.timeout(self._settings.timeout_ms / 1000):
                return await self._gather(attempt, user_id, requested, content_ids)
        except TimeoutError:
            # With every score at hand it was the write-back that was late, which the person need not care about.
            metrics.count("DeadlineReached")
            return "timeout" if len(attempt.scores) < len(candidates) else None
        except Exception as error:  # noqa: BLE001 - personalisation may improve an answer and never break it
            metrics.count("PersonalizationBroken")
            logger.exception("personalisation failed", reason=type(error).__name__)
            return "internal_error"

    async def _gather(
        self, attempt: _Attempt, user_id: str, requested: str | None, content_ids: Sequence[str]
    ) -> str | None:
        """Fill the attempt; returns why it is less than whole, or None."""
        attempt.user = user = user_hash(user_id, self._user_key)
        generation = attempt.policy.cache_generation
        read = await self._read(user, generation, content_ids)
        patience = self._settings.timeout_ms / 1000 * _POLICY_SHARE_OF_DEADLINE
        attempt.policy = policy = await self._policies.settle(read.policy if read else None, patience)
        attempt.assignment = policy.assign(user, requested if self._settings.variant_override else None, time.time())
        if not policy.enabled:
            return "disabled"
        if attempt.assignment.weight == 0:
            return "control"
        if read and policy.cache_generation != generation:  # raised since this environment's last search
            read = await self._read(user, policy.cache_generation, content_ids)
        attempt.cached = read.scores if read else {}
        missing = [content_id for content_id in content_ids if content_id not in attempt.cached]
        failure = await self._fetch(user_id, missing, attempt) if missing else None
        if read and attempt.live:
            await self._write_back(user, policy.cache_generation, read, attempt.live)
        if failure or not attempt.scores:
            return failure or "cold_user"
        return None if read else "cache_unavailable"

    async def _fetch(self, user_id: str, missing: Sequence[str], attempt: _Attempt) -> str | None:
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


def _blended(attempt: _Attempt, candidates: Sequence[Candidate], reason: str | None) -> list[Blended] | None:
    """The blend of what arrived; None where there is nothing to blend or the policy says not to."""
    if not attempt.scores or reason in ("control", "disabled"):
        return None
    return blend(
        [candidate.content_id for candidate in candidates],
        [candidate.relevance for candidate in candidates],
        {content_id: score.value for content_id, score in attempt.scores.items()},
        attempt.assignment.weight,
    )


def _measure(outcome: Personalised) -> None:
    metrics.count(f"Personalization{outcome.status.capitalize()}")
    if outcome.status in ("applied", "partial"):
        hits = len(outcome.cached)
        for name, value in (("CacheHits", hits), ("CacheMisses", len(outcome.candidates) - hits)):
            if value:
                metrics.count(name, value)
    metrics.milliseconds("PersonalizationTime", outcome.elapsed_ms)
