"""The other use case: one query for one person under several weights, from one retrieval and one set of scores."""

import time
from collections.abc import Callable, Sequence
from functools import cache

from discovery.api.auth import Caller
from discovery.api.preview_responses import (
    PreviewAssignment,
    PreviewColumn,
    PreviewResponse,
    PreviewResult,
    PreviewScores,
)
from discovery.api.requests import MYSELF, PreviewRequest, SearchRequest
from discovery.catalogue.bundle import Catalogue
from discovery.catalogue.content import Content
from discovery.observability import logger
from discovery.personalization.previewer import Placed, Previewer, Scored, unscored
from discovery.personalization.result import Candidate
from discovery.retrieval.bundle.candidates import FusedCandidate
from discovery.search.pipeline import Pipeline
from discovery.settings import Settings
from discovery.statistics.churn import churn
from discovery.statistics.overlap import rank_biased_overlap

Clock = Callable[[], float]

_CHURN_DEPTH = 10


class Preview:
    """Previews weights over a pipeline's catalogue."""

    def __init__(
        self,
        pipeline: Pipeline,
        previewer: Previewer,
        catalogue: Catalogue,
        settings: Settings,
        *,
        clock: Clock = time.perf_counter,
    ) -> None:
        self._pipeline = pipeline
        self._previewer = previewer
        self._catalogue = catalogue
        self._settings = settings
        self._clock = clock

    async def preview(self, request: PreviewRequest, caller: Caller) -> PreviewResponse:
        """Preview, for a caller who may; that is the route's to judge."""
        began = self._clock()
        query, candidates = self._pipeline.find(SearchRequest(query=request.query))
        scored = await self._score(candidates, _person(request, caller))
        columns = self._columns(request, scored, candidates)
        summary = scored.outcome.summary()
        self._log(request, caller, scored, columns, elapsed_ms=(self._clock() - began) * 1000)
        return PreviewResponse(
            query_parsed=query.parsed,
            user=scored.outcome.user,
            policy_version=summary.policy_version,
            policy_age_ms=summary.policy_age_ms,
            epoch=summary.epoch,
            enabled=scored.policy.enabled,
            assignment=PreviewAssignment.model_validate(summary, from_attributes=True),
            scores=PreviewScores.model_validate(summary, from_attributes=True),
            total_count=len(candidates),
            columns=columns,
        )

    async def _score(self, candidates: Sequence[FusedCandidate], person: Caller) -> Scored:
        window = candidates[: self._settings.personalization.window]
        content_ids = self._catalogue.documents.ids(candidate.row for candidate in window)
        return await self._previewer.score(
            person, [Candidate(content_id, of.relevance) for content_id, of in zip(content_ids, window, strict=True)]
        )

    def _columns(
        self, request: PreviewRequest, scored: Scored, candidates: Sequence[FusedCandidate]
    ) -> tuple[PreviewColumn, ...]:
        read = cache(self._catalogue.documents.content)  # most titles are in more columns than one
        beyond_window = [
            unscored(rank, of.relevance)
            for rank, of in enumerate(candidates, start=1)
            if rank > len(scored.outcome.candidates)
        ]

        def column(weight: float, variant: str | None) -> PreviewColumn:
            placed = [*scored.under(weight), *beyond_window]
            shown = [(of, read(candidates[of.control_rank - 1].row)) for of in placed[: request.limit]]
            control, order = range(1, len(placed) + 1), [of.control_rank for of in placed]
            return PreviewColumn(
                weight=weight,
                variant=variant,
                churn_at_10=churn(control, order, depth=_CHURN_DEPTH),
                rank_biased_overlap=rank_biased_overlap(control, order),
                results=tuple(_result(rank, of, content) for rank, (of, content) in enumerate(shown, start=1)),
            )

        return tuple(column(weight, variant) for weight, variant in scored.columns(request.weights))

    def _log(
        self,
        request: PreviewRequest,
        caller: Caller,
        scored: Scored,
        columns: Sequence[PreviewColumn],
        *,
        elapsed_ms: float,
    ) -> None:
        """One line for each preview: who looked at whose order; it is no exposure, since nobody searched."""
        line: dict[str, object] = {
            "user": scored.outcome.user,
            "caller": self._previewer.identify(caller),
            "weights": [column.weight for column in columns],
            "status": scored.outcome.status,
            "reason": scored.outcome.reason,
            "policy_version": scored.outcome.policy_version,
            "policy_age_ms": scored.outcome.policy_age_ms,
            "epoch": scored.outcome.epoch,
            "elapsed_ms": round(elapsed_ms, 3),
        }
        if self._settings.privacy.log_queries:
            line["query"] = request.query
        logger.info("previewed", extra=line)


def _person(request: PreviewRequest, caller: Caller) -> Caller:
    """Whose order is previewed. That somebody opted out is in their own token, so it is known of the caller alone."""
    return caller if request.user_id in (MYSELF, caller.user_id) else Caller(request.user_id)


def _result(rank: int, placed: Placed, content: Content) -> PreviewResult:
    return PreviewResult(
        content_id=content.id,
        title=content.title,
        release_year=content.release_year,
        rank=rank,
        control_rank=placed.control_rank,
        moved=placed.control_rank - rank,
        relevance=placed.relevance,
        score=placed.score,
        final=placed.final,
    )
