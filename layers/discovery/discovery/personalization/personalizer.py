"""Personalizing the candidates of a search: gather the person's scores, unless they are in control, and blend."""

import time
from collections.abc import Callable

from discovery.api.auth import Caller
from discovery.observability import metrics
from discovery.personalization.blending import Candidates, blend_scores
from discovery.personalization.gathering import Gathered, ScoreGatherer
from discovery.personalization.result import Personalized
from discovery.reason import Reason

Clock = Callable[[], float]


class Personalizer:
    """Reorders candidates for a caller; never raises, and never takes longer than its deadline."""

    def __init__(self, gatherer: ScoreGatherer, *, variant_override: bool, clock: Clock = time.monotonic) -> None:
        """`variant_override`: whether a request may choose its variant."""
        self._gatherer = gatherer
        self._variant_override = variant_override
        self._clock = clock

    async def personalize(
        self, caller: Caller, requested_variant: str | None, candidates: Candidates, *, keep_order: bool = False
    ) -> Personalized:
        """Rerank candidates, given best first; `keep_order`: unless their order is the person's explicit wish."""
        began = self._clock()
        variant = requested_variant if self._variant_override else None
        gathered = await self._gatherer.gather(caller, candidates.content_ids, variant=variant, keep_order=keep_order)
        personalized = Personalized(
            candidates=candidates,
            gathered=gathered,
            blended=blend_scores(candidates, gathered.scores, gathered.assignment.weight),
            requested_variant=requested_variant,
            why_not_requested=self._why_not(requested_variant, gathered),
            elapsed_ms=(self._clock() - began) * 1000,
        )
        _measure(personalized)
        return personalized

    def _why_not(self, requested: str | None, gathered: Gathered) -> Reason | None:
        if requested in (None, gathered.assignment.variant):
            return None
        return Reason.UNKNOWN_VARIANT if self._variant_override else Reason.OVERRIDE_OFF

    async def aclose(self) -> None:
        """Close the connections to SONA and the cache."""
        await self._gatherer.aclose()


def _measure(personalized: Personalized) -> None:
    gathered = personalized.gathered
    metrics.count(f"Personalization{personalized.status.capitalize()}")
    if personalized.status in ("applied", "partial"):
        hits = len(gathered.cached)
        for name, value in (("CacheHits", hits), ("CacheMisses", len(personalized.candidates) - hits)):
            if value:
                metrics.count(name, value)
    metrics.milliseconds("PersonalizationTime", personalized.elapsed_ms)
    if gathered.user is not None and gathered.policy_age_ms is not None:
        metrics.milliseconds("PolicyAge", gathered.policy_age_ms)
