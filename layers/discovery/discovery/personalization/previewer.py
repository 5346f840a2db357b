"""Scoring candidates for a preview: the scores of one person, whatever weight they get, and the order under any."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from discovery.api.auth import Caller
from discovery.personalization.gathering import Attempt, ScoreGatherer, blended
from discovery.personalization.result import Candidate, Personalized
from discovery.personalization.score_cache import ScoreCache
from discovery.policy.policy import Policy
from discovery.policy.source import PolicySource
from discovery.privacy.user_key import UserKey
from discovery.settings import PersonalizationSettings
from discovery.sona.client import SonaClient

Clock = Callable[[], float]


class Placed(NamedTuple):
    """A candidate under a weight."""

    control_rank: int
    """Place under weight 0, from 1."""
    relevance: float
    score: float | None
    """The median of the others for want of its own; None where there is no score at all."""
    final: float


def unscored(rank: int, relevance: float) -> Placed:
    """A candidate that keeps its place under every weight, since there is nothing to blend."""
    return Placed(rank, relevance, None, relevance)


@dataclass(frozen=True)
class Scored:
    """One set of scores, to be blended with any number of weights."""

    outcome: Personalized
    """What the scores are; blended with the weight that the person gets today."""
    policy: Policy

    def under(self, weight: float) -> list[Placed]:
        """The candidates under a weight, best first."""
        candidates = self.outcome.candidates
        items = blended(candidates, self.outcome.scores, weight)
        if items is None:
            return [unscored(rank, of.relevance) for rank, of in enumerate(candidates, start=1)]
        return [Placed(item.rank_before, item.relevance, item.score, item.final) for item in items]

    def columns(self, weights: Sequence[float]) -> list[tuple[float, str | None]]:
        """These weights, each with the first variant by name that has it; without any, the policy's variants."""
        variants = self.policy.variants
        if not weights:
            return sorted((weight, name) for name, weight in variants.items())
        names = {variants[name]: name for name in sorted(variants, reverse=True)}
        return [(weight, names.get(weight)) for weight in weights]


class Previewer:
    """Scores candidates for a person, in control too and with the policy's switch off; never raises.

    It has a deadline of its own, since no search waits for it, and opens no connections that a personalizer has not.
    """

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
        self._scores = ScoreGatherer(
            *(cache, sona, policies),
            enabled=settings.enabled,
            user_key=user_key,
            timeout_ms=settings.preview_timeout_ms,
            clock=clock,
        )

    def identify(self, person: Caller) -> str | None:
        """The keyed hash of a person's id; None where there is no key for it."""
        return self._scores.identify(person.user_id or "") or None

    async def score(self, person: Caller, candidates: Sequence[Candidate]) -> Scored:
        """Score candidates, given best first."""
        attempt = self._scores.begin()
        reason = self._scores.reason_to_skip(person, candidates)
        if reason in (None, "no_candidates") and person.user_id is not None:
            attempt.user = self._scores.identify(person.user_id)
            if reason is None:
                content_ids = [candidate.content_id for candidate in candidates]
                gathering = self._gather(attempt, person.user_id, content_ids)
                reason = await self._scores.in_time(attempt, gathering, len(candidates))
            attempt.assignment = attempt.policy.assign(attempt.user, None, time.time())
        return Scored(self._scores.outcome(attempt, candidates, reason), attempt.policy)

    async def _gather(self, attempt: Attempt, user_id: str, content_ids: Sequence[str]) -> str | None:
        await self._scores.look_up(attempt, content_ids)
        return await self._scores.complete(attempt, user_id, content_ids)
