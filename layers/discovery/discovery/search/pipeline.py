"""The use case: one search, from a request and its caller to a response."""

import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from discovery.api.auth import Caller
from discovery.api.requests import SearchRequest
from discovery.api.responses import Explanation, Facets, LikeTitle, SearchResponse, SearchResult
from discovery.catalogue import keyword_index
from discovery.catalogue.bundle import Catalogue
from discovery.experiments import exposure
from discovery.observability import logger, metrics
from discovery.personalization.personalizer import Personalizer
from discovery.personalization.result import Candidate, Personalized, unranked
from discovery.retrieval import filters
from discovery.retrieval.bundle import facets
from discovery.retrieval.bundle.candidates import FusedCandidate, fuse
from discovery.retrieval.bundle.retriever import Retrieved, Retriever
from discovery.retrieval.reasons import match_reasons
from discovery.retrieval.understanding.query import ParsedQuery, QueryParser
from discovery.settings import Settings

Clock = Callable[[], float]

_REMEMBERED_WORDS = 50_000
"""Of which the stems are kept: finding the words that matched was half the time of a search without it."""


@dataclass(frozen=True)
class _Shown:
    """A candidate and its place in fused order, which personalization does not change."""

    candidate: FusedCandidate
    place: int


class Pipeline:
    """Searches one catalogue for one caller at a time."""

    def __init__(
        self,
        catalogue: Catalogue,
        retriever: Retriever,
        personalizer: Personalizer,
        settings: Settings,
        *,
        clock: Clock = time.perf_counter,
    ) -> None:
        self._catalogue = catalogue
        self._retriever = retriever
        self._personalizer = personalizer
        self._settings = settings
        self._clock = clock
        manifest = catalogue.manifest
        self._parser = QueryParser(manifest.genres, manifest.platforms, self._find_title)
        analyze = keyword_index.analyzer().analyze
        self._stems = lru_cache(_REMEMBERED_WORDS)(lambda text: frozenset(analyze(text)))

    async def search(self, request: SearchRequest, caller: Caller) -> SearchResponse:
        """Search; `caller` comes from phase 0, `Authenticator.authenticate`."""
        began = self._clock()
        query = self._parse(request)
        query, retrieved = self._retrieve(query, request)
        candidates = self._fuse(retrieved)
        ranked, personalized = await self._personalize(candidates, caller, request)
        counted = self._facets(ranked)
        results = self._page(ranked, query, personalized, request)
        elapsed_ms = (self._clock() - began) * 1000
        metrics.milliseconds("SearchTime", elapsed_ms)
        search_id = uuid.uuid4().hex
        self._log(search_id, request, personalized, total=len(candidates), elapsed_ms=elapsed_ms)
        response = SearchResponse(
            search_id=search_id,
            query_parsed=query.parsed,
            results=results,
            total_count=len(candidates),
            page=request.page,
            page_size=request.page_size,
            facets=counted,
            personalization=personalized.summary(),
            search_time_ms=round(elapsed_ms, 3),
        )
        _expose(response, personalized.user)
        return response

    def _log(
        self, search_id: str, request: SearchRequest, personalized: Personalized, *, total: int, elapsed_ms: float
    ) -> None:
        """One line for each search; what was searched for is personal too, so it is there only by a setting."""
        line: dict[str, object] = {
            "search_id": search_id,
            "user": personalized.user,
            "status": personalized.status,
            "reason": personalized.reason,
            "variant": personalized.assignment.variant,
            "policy_version": personalized.policy_version,
            "policy_age_ms": personalized.policy_age_ms,
            "epoch": personalized.epoch,
            "total": total,
            "page": request.page,
            "elapsed_ms": round(elapsed_ms, 3),
        }
        if self._settings.privacy.log_queries:
            line["query"] = request.query
        logger.info("searched", extra=line)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._personalizer.aclose()

    def find(self, request: SearchRequest) -> tuple[ParsedQuery, list[FusedCandidate]]:
        """Phases 1 to 3 alone: what was understood, and the candidates in the order of relevance."""
        query, retrieved = self._retrieve(self._parse(request), request)
        return query, self._fuse(retrieved)

    def _parse(self, request: SearchRequest) -> ParsedQuery:
        return self._parser.parse(request.query)

    def _retrieve(self, query: ParsedQuery, request: SearchRequest) -> tuple[ParsedQuery, Retrieved]:
        """Retrieve; where what was read into the query leaves nothing, once more with its plain words."""
        manifest = self._catalogue.manifest
        asked = filters.constraints(request.filters, manifest.genres, manifest.platforms)
        retrieved = self._retriever.retrieve(query, filters.both(asked, query.wanted))
        if retrieved.empty and query.wanted.any:
            query = query.relaxed(request.query)
            retrieved = self._retriever.retrieve(query, asked)
        return query, retrieved

    def _fuse(self, retrieved: Retrieved) -> list[FusedCandidate]:
        return fuse(retrieved, self._catalogue.columns, self._settings.retrieval)

    async def _personalize(
        self, candidates: Sequence[FusedCandidate], caller: Caller, request: SearchRequest
    ) -> tuple[list[_Shown], Personalized]:
        """Rerank the window, the same one for every page, so that pages neither repeat nor skip; the rest stays."""
        window = candidates[: self._settings.personalization.window]
        content_ids = self._catalogue.documents.ids(candidate.row for candidate in window)
        personalized = await self._personalizer.personalize(
            caller,
            request.experiment_variant,
            [Candidate(content_id, c.relevance) for content_id, c in zip(content_ids, window, strict=True)],
        )
        places = [*personalized.order, *range(len(window), len(candidates))]
        return [_Shown(candidates[place], place) for place in places], personalized

    def _facets(self, ranked: Sequence[_Shown]) -> Facets:
        manifest = self._catalogue.manifest
        rows = [shown.candidate.row for shown in ranked]
        return facets.count(self._catalogue.columns, rows, manifest.genres, manifest.platforms)

    def _page(
        self, ranked: Sequence[_Shown], query: ParsedQuery, personalized: Personalized, request: SearchRequest
    ) -> tuple[SearchResult, ...]:
        """The page's results; a page past the end is empty."""
        start = (request.page - 1) * request.page_size
        page = ranked[start : start + request.page_size]
        return tuple(self._result(shown, query, personalized if request.explain else None) for shown in page)

    def _result(self, shown: _Shown, query: ParsedQuery, personalized: Personalized | None) -> SearchResult:
        candidate = shown.candidate
        content = self._catalogue.documents.content(candidate.row)
        by_meaning = candidate.vector_similarity is not None
        return SearchResult(
            content=content,
            relevance_score=candidate.relevance,
            match_reasons=match_reasons(content, query.parsed, analyze=self._stems, by_meaning=by_meaning),
            vector_similarity=candidate.vector_similarity,
            keyword_score=candidate.keyword_score,
            explanation=_explanation(shown, personalized),
        )

    def _find_title(self, title: str) -> tuple[int, LikeTitle] | None:
        row = self._catalogue.find_title(title)
        if row is None:
            return None
        content = self._catalogue.documents.content(row)
        return row, LikeTitle(id=content.id, title=content.title)


def _expose(response: SearchResponse, user: str | None) -> None:
    try:
        exposure.emit(response, user)
    except Exception as error:  # noqa: BLE001 - whatever is wrong with a record, the person gets their answer
        metrics.count("ExposureFailed")
        logger.exception("exposure not recorded", reason=type(error).__name__)


def _explanation(shown: _Shown, personalized: Personalized | None) -> Explanation | None:
    if personalized is None:
        return None
    if shown.place < len(personalized.candidates):
        return personalized.explain(shown.place)
    return unranked(shown.candidate.relevance, shown.place + 1)
