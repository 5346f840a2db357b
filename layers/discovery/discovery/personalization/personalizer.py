"""Personalizing the candidates of a search: assign, gather scores unless it is control, blend."""

import time
from collections.abc import Callable, Sequence

from discovery.api.auth import Caller
from discovery.observability import metrics
from discovery.personalization.gathering import Attempt, ScoreGatherer
from discovery.personalization.result import Candidate, Personalized
from discovery.personalization.score_cache import ScoreCache
from discovery.policy.source import PolicySource
from discovery.privacy.user_key import UserKey
from discovery.settings import PersonalizationSettings
from discovery.sona.client import SonaClient

Clock = Callable[[], float]


class Personalizer:
    """Reorders candidates for a caller; never raises, and never takes longer than its deadline."""

    def __init__(
        self,
        cache: ScoreCache,
        sona: SonaClient,
        policies: PolicySource,
        settings: PersonalizationSettings,
        *,
        user_key: UserKey,
        clock: Clock = time.monotonic,
    ) -> None:
        self._cache = cache
        self._sona = sona
        self._settings = settings
        self._scores = ScoreGatherer(
            *(cache, sona, policies),
            enabled=settings.enabled,
            user_key=user_key,
            timeout_ms=settings.timeout_ms,
            clock=clock,
        )

    async def personalize(
        self, caller: Caller, requested_variant: str | None, candidates: Sequence[Candidate]
    ) -> Personalized:
        """Rerank candidates, given best first."""
        attempt = self._scores.begin()
        reason = self._scores.reason_to_skip(caller, candidates)
        if reason is None and caller.user_id is not None:
            content_ids = [candidate.content_id for candidate in candidates]
            gathering = self._gather(attempt, caller.user_id, requested_variant, content_ids)
            reason = await self._scores.in_time(attempt, gathering, len(candidates))
        outcome = self._scores.outcome(
            attempt,
            candidates,
            reason,
            requested_variant=requested_variant,
            why_not_requested=self._why_not(requested_variant, attempt),
        )
        _measure(outcome)
        return outcome

    def _why_not(self, requested: str | None, attempt: Attempt) -> str | None:
        if requested in (None, attempt.assignment.variant):
            return None
        return "unknown_variant" if self._settings.variant_override else "override_off"

    async def aclose(self) -> None:
        """Close the connections to SONA and the cache."""
        await self._sona.aclose()
        await self._cache.aclose()

    async def _gather(
        self, attempt: Attempt, user_id: str, requested: str | None, content_ids: Sequence[str]
    ) -> str | None:
        """Fill the attempt; returns why it is less than whole, or None."""
        attempt.user = self._scores.identify(user_id)
        self._assign(attempt, requested)  # by the policy at hand, should the deadline strike in the look-up
        await self._scores.look_up(attempt, content_ids)
        self._assign(attempt, requested)
        if not attempt.policy.enabled:
            return "disabled"
        if attempt.assignment.weight == 0:
            return "control"
        return await self._scores.complete(attempt, user_id, content_ids)

    def _assign(self, attempt: Attempt, requested: str | None) -> None:
        override = requested if self._settings.variant_override else None
        attempt.assignment = attempt.policy.assign(attempt.user, override, time.time())


def _measure(outcome: Personalized) -> None:
    metrics.count(f"Personalization{outcome.status.capitalize()}")
    if outcome.status in ("applied", "partial"):
        hits = len(outcome.cached)
        for name, value in (("CacheHits", hits), ("CacheMisses", len(outcome.candidates) - hits)):
            if value:
                metrics.count(name, value)
    metrics.milliseconds("PersonalizationTime", outcome.elapsed_ms)
    if outcome.user is not None and outcome.policy_age_ms is not None:
        metrics.milliseconds("PolicyAge", outcome.policy_age_ms)
