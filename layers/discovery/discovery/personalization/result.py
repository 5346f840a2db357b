"""What came of personalizing: the order, and everything needed to say why."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple

from discovery.api.responses import Explanation, Personalization
from discovery.personalization.blending import Blended
from discovery.policy.policy import Assignment
from discovery.sona.contract import Score

Status = Literal["applied", "partial", "skipped", "failed"]

_SKIPPED = frozenset({"anonymous", "opted_out", "disabled", "control", "cold_user", "no_candidates"})


class Candidate(NamedTuple):
    """What personalization needs to know of a candidate; relevance in [0, 1]."""

    content_id: str
    relevance: float


@dataclass(frozen=True)
class Personalized:
    """Candidates, best first as they came, and their blend, best first as they go."""

    candidates: Sequence[Candidate]
    blended: Sequence[Blended] | None
    """None where the order stays as it was."""
    cached: Mapping[str, Score]
    live: Mapping[str, Score]
    assignment: Assignment
    user: str | None
    """Keyed hash of the user id; None where nothing was looked up for them."""
    requested_variant: str | None
    why_not_requested: str | None
    """Why the requested variant was not assigned; None where it was, or none was requested."""
    reason: str | None
    policy_version: str
    epoch: str | None
    policy_age_ms: int | None
    elapsed_ms: float

    @cached_property
    def scores(self) -> Mapping[str, Score]:
        """The scores at hand, by content id."""
        return {**self.cached, **self.live}

    @cached_property
    def order(self) -> list[int]:
        """Places in `candidates`, in the new order."""
        if self.blended is None:
            return list(range(len(self.candidates)))
        return [item.rank_before - 1 for item in self.blended]

    @property
    def status(self) -> Status:
        """Whether all, some or none of the candidates got a score, and whether that was meant so."""
        if self.blended is None:
            return "skipped" if self.reason in _SKIPPED else "failed"
        return "applied" if len(self.scores) == len(self.candidates) else "partial"

    def summary(self) -> Personalization:
        """The response's `personalization` block."""
        reason = self.reason
        if reason is None and self.status == "partial":
            reason = "unscored"
        if reason is None:
            reason = self.why_not_requested
        return Personalization(
            status=self.status,
            reason=reason,
            variant=self.assignment.variant,
            requested_variant=self.requested_variant,
            assigned_by=self.assignment.assigned_by,
            weight=self.assignment.weight,
            experiment=self.assignment.experiment,
            epoch=self.epoch,
            policy_version=self.policy_version,
            policy_age_ms=self.policy_age_ms,
            scored=len(self.scores) if self.blended is not None else 0,
            candidates=len(self.candidates),
            from_cache=len(self.cached) if self.blended is not None else 0,
            elapsed_ms=round(self.elapsed_ms, 3),
        )

    def explain(self, place: int) -> Explanation:
        """Why the candidate that came at this place (from 0) is where it is now."""
        candidate = self.candidates[place]
        if self.blended is None:
            return unranked(candidate.relevance, place + 1)
        rank_after = self._rank_after[place]
        item = self.blended[rank_after - 1]
        own = self.scores.get(candidate.content_id)
        return Explanation(
            relevance=item.relevance,
            score=item.score,
            score_source="neutral" if own is None else "live" if candidate.content_id in self.live else "cache",
            score_age_ms=None if own is None else max(0, round((time.time() - own.fetched_at) * 1000)),
            components=None if own is None else dict(own.components),
            weight=self.assignment.weight,
            final=item.final,
            rank_before=item.rank_before,
            rank_after=rank_after,
            reranked=True,
        )

    @cached_property
    def _rank_after(self) -> dict[int, int]:
        return {place: rank for rank, place in enumerate(self.order, start=1)}


def unranked(relevance: float, rank: int) -> Explanation:
    """The explanation of a result that personalization did not touch."""
    return Explanation(
        relevance=relevance,
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
