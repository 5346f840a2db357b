"""Scoring candidates for a preview: the scores of one person, whatever weight they get, and the order under any."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from discovery.api.auth import Caller
from discovery.personalization.blending import Candidates, blend_scores
from discovery.personalization.gathering import ScoreGatherer
from discovery.personalization.result import Personalized

Clock = Callable[[], float]


class Placed(NamedTuple):
    """A candidate under a weight."""

    control_rank: int
    """Place under weight 0, from 1."""
    relevance: float
    raw_score: float | None
    """SONA's; None for want of one."""
    score: float | None
    """Calibrated; the mean relevance for want of its own; None where there is no score at all."""
    final: float


def unscored(rank: int, relevance: float) -> Placed:
    """A candidate that keeps its place under every weight, since there is nothing to blend."""
    return Placed(rank, relevance, None, None, relevance)


@dataclass(frozen=True)
class Scored:
    """One set of scores, to be blended with any number of weights."""

    outcome: Personalized
    """What the scores are; blended with the weight that the person gets today."""

    def under(self, weight: float) -> list[Placed]:
        """The candidates under a weight, best first."""
        candidates = self.outcome.candidates
        relevance = candidates.relevance.tolist()
        arrived = self.outcome.gathered.scores
        blended = blend_scores(candidates, arrived, weight)
        if blended is None:
            return [unscored(rank, relevant) for rank, relevant in enumerate(relevance, start=1)]
        raw = [arrived[one].value if one in arrived else None for one in candidates.content_ids]
        scores, finals = blended.scores.tolist(), blended.finals.tolist()
        return [
            Placed(place + 1, relevance[place], raw[place], scores[place], finals[place])
            for place in blended.order.tolist()
        ]

    def columns(self, weights: Sequence[float]) -> list[tuple[float, str | None]]:
        """These weights, each with the first variant by name that has it; without any, the policy's variants."""
        variants = self.outcome.gathered.policy.variants
        if not weights:
            return sorted((weight, name) for name, weight in variants.items())
        names = {variants[name]: name for name in sorted(variants, reverse=True)}
        return [(weight, names.get(weight)) for weight in weights]


class Previewer:
    """Scores candidates for a person, in control too and with the policy's switch off; never raises.

    It has a deadline of its own, since no search waits for it, and opens no connections that a personalizer has not.
    """

    def __init__(self, gatherer: ScoreGatherer, *, clock: Clock = time.monotonic) -> None:
        self._gatherer = gatherer
        self._clock = clock

    def identify(self, person: Caller) -> str | None:
        """The keyed hash of a person's id; None where there is no key for it."""
        return self._gatherer.identify(person.user_id or "") or None

    async def score(self, person: Caller, candidates: Candidates) -> Scored:
        """Score candidates, given best first."""
        began = self._clock()
        gathered = await self._gatherer.gather(person, candidates.content_ids, even_unused=True)
        outcome = Personalized(
            candidates=candidates,
            gathered=gathered,
            blended=blend_scores(candidates, gathered.scores, gathered.assignment.weight),
            requested_variant=None,
            why_not_requested=None,
            elapsed_ms=(self._clock() - began) * 1000,
        )
        return Scored(outcome)
