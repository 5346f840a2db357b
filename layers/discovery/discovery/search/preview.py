"""The other use case: one query for one person under several weights, from one retrieval and one set of scores."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from discovery.api.auth import Caller
from discovery.api.preview_responses import (
    PreviewAssignment,
    PreviewColumn,
    PreviewResponse,
    PreviewResult,
    PreviewScores,
)
from discovery.api.requests import MYSELF, Filters, PreviewRequest
from discovery.catalogue.content import Content
from discovery.personalization.previewer import Placed, Previewer, Scored, unscored
from discovery.retrieval.found import Found
from discovery.retrieval.index import RetrievalIndex
from discovery.search.window import window
from discovery.statistics.churn import churn
from discovery.statistics.overlap import rank_biased_overlap

Clock = Callable[[], float]

_CHURN_DEPTH = 10


@dataclass(frozen=True)
class _Column:
    """A weight, its variant, and every candidate in the order that it gives."""

    weight: float
    variant: str | None
    placed: Sequence[Placed]


class Preview:
    """Previews weights over an index."""

    def __init__(self, index: RetrievalIndex, previewer: Previewer, *, window: int) -> None:
        """`window`: how many of the first candidates are reranked, as in a search."""
        self._index = index
        self._previewer = previewer
        self._window = window

    async def preview(self, request: PreviewRequest, caller: Caller) -> PreviewResponse:
        """Preview, for a caller who may; that is the route's to judge."""
        query = await self._index.understand(request.query)
        found = await self._index.find(query, Filters())
        scored = await self._previewer.score(_person(request, caller), window(self._index, found, self._window))
        columns = _columns(request, scored, found)
        contents = await self._contents(found, columns, request.limit)
        gathered, summary = scored.outcome.gathered, scored.outcome.summary()
        return PreviewResponse(
            query_parsed=found.query.parsed,
            catalogue=self._index.version,
            user=gathered.user,
            policy_version=summary.policy_version,
            policy_age_ms=summary.policy_age_ms,
            epoch=summary.epoch,
            enabled=gathered.policy.enabled,
            assignment=PreviewAssignment.model_validate(summary, from_attributes=True),
            scores=PreviewScores.model_validate(summary, from_attributes=True),
            total_count=found.total,
            columns=tuple(_shown(column, contents, request.limit) for column in columns),
        )

    def looker(self, request: PreviewRequest, caller: Caller) -> str | None:
        """The keyed hash of who looks; None where there is no key for it, or they look at themselves and refuse."""
        refuses = caller.opted_out or caller.refuses
        return None if refuses and _person(request, caller) is caller else self._previewer.identify(caller)

    async def _contents(self, found: Found, columns: Sequence[_Column], limit: int) -> dict[int, Content]:
        """The contents that some column shows, by place in `found`; most are in more columns than one."""
        places = sorted({of.control_rank - 1 for column in columns for of in column.placed[:limit]})
        return dict(zip(places, await self._index.contents(found, places), strict=True))


def _columns(request: PreviewRequest, scored: Scored, found: Found) -> list[_Column]:
    size = len(scored.outcome.candidates)
    beyond_window = [unscored(rank, of) for rank, of in enumerate(found.relevance[size:].tolist(), start=size + 1)]
    return [
        _Column(weight, variant, [*scored.under(weight), *beyond_window])
        for weight, variant in scored.columns(request.weights)
    ]


def _shown(column: _Column, contents: dict[int, Content], limit: int) -> PreviewColumn:
    control, order = range(1, len(column.placed) + 1), [of.control_rank for of in column.placed]
    return PreviewColumn(
        weight=column.weight,
        variant=column.variant,
        churn_at_10=churn(control, order, depth=_CHURN_DEPTH),
        rank_biased_overlap=rank_biased_overlap(control, order),
        results=tuple(
            _result(rank, of, contents[of.control_rank - 1]) for rank, of in enumerate(column.placed[:limit], start=1)
        ),
    )


def _person(request: PreviewRequest, caller: Caller) -> Caller:
    """Whose order is previewed. That somebody opted out is in their own token, so it is known of the caller alone."""
    return caller if request.user_id in (MYSELF, caller.user_id) else Caller(request.user_id, opted_out=None)


def _result(rank: int, placed: Placed, content: Content) -> PreviewResult:
    return PreviewResult(
        content_id=content.id,
        title=content.title,
        release_year=content.release_year,
        rank=rank,
        control_rank=placed.control_rank,
        moved=placed.control_rank - rank,
        relevance=placed.relevance,
        raw_score=placed.raw_score,
        score=placed.score,
        final=placed.final,
    )
