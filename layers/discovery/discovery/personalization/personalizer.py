"""Personalizing the candidates of a search: gather the person's scores, unless they are in control, and blend."""

import time
from collections.abc import Callable, Mapping, Sequence

from discovery.api.auth import Caller
from discovery.observability import metrics
from discovery.personalization.blending import Candidates, blend_scores
from discovery.personalization.drafting import drafted
from discovery.personalization.gathering import Gathered, ScoreGatherer
from discovery.personalization.result import Personalized
from discovery.reason import Reason
from discovery.sona.contract import Why

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
        assignment = gathered.assignment
        blended = blend_scores(candidates, gathered.scores, assignment.weight)
        draft = drafted(candidates, blended, assignment.multileaved) if blended and assignment.multileaved else None
        personalized = Personalized(
            candidates=candidates,
            gathered=gathered,
            blended=blended,
            draft=draft,
            requested_variant=requested_variant,
            why_not_requested=self._why_not(requested_variant, gathered),
            elapsed_ms=(self._clock() - began) * 1000,
        )
        _measure(personalized)
        return personalized

    async def explain(self, caller: Caller, personalized: Personalized, places: Sequence[int]) -> Mapping[int, Why]:
        """What SONA says for its scores of the candidates at these places, as far as it does so before the deadline."""
        scored = {
            personalized.candidates.content_ids[place]: place for place in places if personalized.has_score(place)
        }
        if not scored:
            return {}
        said = await self._gatherer.explain(caller, list(scored), elapsed_ms=personalized.elapsed_ms)
        return {scored[content_id]: why for content_id, why in said.items() if content_id in scored}

    def search_id(self, personalized: Personalized) -> str:
        """A new id for the search that was personalized, by which what its results led to is known as this person's."""
        return self._gatherer.search_id(personalized.gathered.user)

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
