"""What came of personalizing: the order, and everything needed to say why."""

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Literal

from discovery.api.personalization_responses import Calibration, Explanation, Participation, Personalization
from discovery.api.query_responses import LikeTitle
from discovery.experiments.multileaving import Choice, Draft
from discovery.personalization.blending import Blend, Candidates
from discovery.personalization.gathering import Gathered
from discovery.reason import Reason
from discovery.sona.contract import Why

Status = Literal["applied", "partial", "skipped", "failed"]

_MEANT = frozenset(
    {
        *(Reason.ANONYMOUS, Reason.OPTED_OUT, Reason.GLOBAL_PRIVACY_CONTROL, Reason.DISABLED),
        *(Reason.CONTROL, Reason.COLD_USER, Reason.NO_CANDIDATES, Reason.SORTED),
    }
)
"""Why an order may stay as it was without anything having gone wrong."""


@dataclass(frozen=True)
class Personalized:
    """Candidates, best first as they came, and their blend."""

    candidates: Candidates
    gathered: Gathered
    blended: Blend | None
    """None where the order stays as it was."""
    requested_variant: str | None
    why_not_requested: Reason | None
    """Why the requested variant was not assigned; None where it was, or none was requested."""
    elapsed_ms: float
    draft: Draft | None = None
    """What orders in place of the blend, where several weights take turns."""

    @cached_property
    def order(self) -> list[int]:
        """Places in `candidates`, in the new order."""
        if self.draft is not None:
            return self.draft.order
        return list(range(len(self.candidates))) if self.blended is None else self.blended.order.tolist()

    @property
    def status(self) -> Status:
        """Whether all, some or none of the candidates got a score, and whether that was meant so."""
        if self.blended is None:
            return "skipped" if self.gathered.reason in _MEANT else "failed"
        return "applied" if len(self.gathered.scores) == len(self.candidates) else "partial"

    @property
    def reason(self) -> Reason | None:
        """Why it is less than wholly applied, or else why the requested variant was not assigned."""
        if self.gathered.reason is None and self.status == "partial":
            return Reason.UNSCORED
        return self.gathered.reason or self.why_not_requested

    def choices(self, first: int, count: int) -> Sequence[Choice]:
        """Which variants chose the results of a page that begins at place `first`; none where one weight orders."""
        return () if self.draft is None else self.draft.choices(first, count)

    def score(self, place: int) -> float:
        """The final number of the candidate that came at this place (from 0): what orders, but for a draft."""
        return float(self.candidates.relevance[place] if self.blended is None else self.blended.finals[place])

    def summary(self) -> Personalization:
        """The response's `personalization` block."""
        gathered, assignment = self.gathered, self.gathered.assignment
        return Personalization(
            status=self.status,
            reason=self.reason,
            variant=assignment.variant,
            requested_variant=self.requested_variant,
            assigned_by=assignment.assigned_by,
            weight=assignment.weight,
            experiment=assignment.experiment,
            epoch=assignment.epoch or gathered.policy.epoch,
            policy_version=gathered.policy.version,
            policy_age_ms=gathered.policy_age_ms,
            scored=len(gathered.scores) if self.blended is not None else 0,
            candidates=len(self.candidates),
            from_cache=len(gathered.cached) if self.blended is not None else 0,
            elapsed_ms=round(self.elapsed_ms, 3),
            calibration=None if self.blended is None else Calibration(**asdict(self.blended.calibration)),
            layers=tuple(Participation(**one._asdict()) for one in assignment.layers),
            mode="ab" if assignment.multileaved is None else "multileave",
        )

    def has_score(self, place: int) -> bool:
        """Whether a score of its own was blended for the candidate that came at this place (from 0)."""
        in_window = self.blended is not None and place < len(self.candidates)
        return in_window and self.candidates.content_ids[place] in self.gathered.scores

    def explain(self, place: int, said: Why | None = None) -> Explanation:
        """Why the candidate that came at this place (from 0) is where it is now.

        `said` is what SONA says for its score.
        """
        relevance = float(self.candidates.relevance[place])
        if self.blended is None:
            return unranked(relevance, place + 1)
        content_id = self.candidates.content_ids[place]
        own = self.gathered.scores.get(content_id)
        live = content_id in self.gathered.live
        return Explanation(
            relevance=relevance,
            raw_score=None if own is None else own.value,
            score=float(self.blended.scores[place]),
            score_source="neutral" if own is None else "live" if live else "cache",
            score_age_ms=None if own is None else max(0, round((time.time() - own.fetched_at) * 1000)),
            components=None if own is None else dict(own.components),
            because_you_liked=None
            if said is None
            else tuple(LikeTitle(id=i, title=t) for i, t in said.because_you_liked),
            why=None if said is None else said.in_words,
            weight=self.gathered.assignment.weight,
            final=self.score(place),
            rank_before=place + 1,
            rank_after=self._rank_after[place],
            reranked=True,
        )

    @cached_property
    def _rank_after(self) -> dict[int, int]:
        return {place: rank for rank, place in enumerate(self.order, start=1)}


def unranked(relevance: float, rank: int) -> Explanation:
    """The explanation of a result that personalization did not touch."""
    return Explanation(
        relevance=relevance,
        raw_score=None,
        score=None,
        score_source=None,
        score_age_ms=None,
        components=None,
        weight=0.0,
        final=relevance,
        rank_before=rank,
        rank_after=rank,
        reranked=False,
    )
