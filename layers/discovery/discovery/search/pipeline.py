"""The use case: one search, from a request and its caller to a response, in six phases."""

import asyncio
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from discovery.api.auth import Caller
from discovery.api.facet_responses import DisjunctiveFacets, Facets
from discovery.api.nothing_found import NothingFound
from discovery.api.personalization_responses import Explanation
from discovery.api.requests import SearchRequest
from discovery.api.search_responses import PartialReason, Retrieval, SearchResponse, SearchResult
from discovery.experiments.multileaving import Choice
from discovery.personalization.personalizer import Personalizer
from discovery.personalization.result import Personalized, unranked
from discovery.retrieval.found import Found
from discovery.retrieval.index import RetrievalIndex
from discovery.retrieval.understanding.query import ParsedQuery
from discovery.search.cursor import Cursor
from discovery.search.disjunctive import disjunctive_facets
from discovery.search.lost import Lost
from discovery.search.why_nothing import WhyNothing
from discovery.search.window import window
from discovery.sona.contract import Why

Clock = Callable[[], float]

_NO_FACETS = Facets(genres=(), platforms=(), years=(), ratings=())


@dataclass(frozen=True)
class Searched:
    """A search that was answered."""

    response: SearchResponse
    user: str | None
    """Keyed hash of the user id; None where nothing was looked up for them."""
    choices: Sequence[Choice] = ()
    """Which variants chose the page's results, in their order; none where one weight ordered them, or beyond those."""


class Pipeline:
    """Searches one index for one caller at a time."""

    def __init__(
        self,
        index: RetrievalIndex,
        personalizer: Personalizer,
        why_nothing: WhyNothing,
        *,
        window: int,
        clock: Clock = time.perf_counter,
    ) -> None:
        """`window`: how many of the first candidates are reranked."""
        self._index = index
        self._personalizer = personalizer
        self._why_nothing = why_nothing
        self._window = window
        self._clock = clock

    async def search(self, request: SearchRequest, caller: Caller) -> Searched:
        """Search; `caller` comes from phase 0, `Authenticator.authenticate`."""
        began = self._clock()
        query = await self._index.understand(request.query, correct=request.correct)
        found = await self._index.find(query, request.filters)
        lost = Lost()
        if request.is_sorted:
            found = await lost.without(self._index.sort(found, request.sort, descending=request.descending), found)
        personalized = await self._personalize(found, caller, request)
        facets, others, results = await asyncio.gather(  # an index on other machines is asked for all three at once
            lost.without(self._index.facets(found), _NO_FACETS),
            lost.without(self._others(query, request), None),
            lost.without(self._page(found, caller, personalized, request), ()),
        )
        cursor = Cursor.of(self._index.version, personalized)
        response = SearchResponse(
            search_id=self._personalizer.search_id(personalized),
            query_parsed=found.query.parsed,
            results=results,
            total_count=found.total,
            page=request.page,
            page_size=request.page_size,
            facets=facets,
            disjunctive_facets=others,
            retrieval=_retrieval(found.partial or lost.reason),
            personalization=personalized.summary(),
            catalogue=cursor.catalogue,
            cursor=str(cursor),
            cursor_expired=cursor.expired(Cursor.parse(request.cursor) if request.cursor else None),
            nothing_found=await self._nothing_found(request, query, found, began),
            search_time_ms=self._milliseconds_since(began),
        )
        first = (request.page - 1) * request.page_size
        choices = personalized.choices(first, request.page_size)
        return Searched(response, personalized.gathered.user, choices)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._personalizer.aclose()

    def _milliseconds_since(self, began: float) -> float:
        return round((self._clock() - began) * 1000, 3)

    async def _others(self, query: ParsedQuery, request: SearchRequest) -> DisjunctiveFacets | None:
        return await disjunctive_facets(self._index, query, request.filters) if request.disjunctive_facets else None

    async def _nothing_found(
        self, request: SearchRequest, query: ParsedQuery, found: Found, began: float
    ) -> NothingFound | None:
        if len(found):
            return None
        return await self._why_nothing.tell(request, query, found, elapsed_ms=self._milliseconds_since(began))

    async def _personalize(self, found: Found, caller: Caller, request: SearchRequest) -> Personalized:
        """Rerank the window, the same one for every page, so that pages neither repeat nor skip; the rest stays.

        An order that was asked for stays as a whole.
        """
        candidates = window(self._index, found, self._window)
        variant = request.experiment_variant
        return await self._personalizer.personalize(caller, variant, candidates, keep_order=request.is_sorted)

    async def _page(
        self, found: Found, caller: Caller, personalized: Personalized, request: SearchRequest
    ) -> tuple[SearchResult, ...]:
        """The page's results; a page past the end is empty."""
        places = _places(personalized, len(found), request)
        contents = await self._index.contents(found, places)
        reasons = await self._index.reasons(found, places, contents)
        highlights = await self._index.highlights(found, contents) if request.highlight else [None] * len(places)
        said = await self._personalizer.explain(caller, personalized, places) if request.explain else {}
        return tuple(
            SearchResult(
                content=content,
                relevance_score=float(found.relevance[place]),
                score=_score(place, found, personalized),
                match_reasons=why,
                vector_similarity=_known(found.similarities[place]),
                keyword_score=_known(found.keyword_scores[place]),
                explanation=_explanation(place, found, personalized, said.get(place)) if request.explain else None,
                highlights=marked,
            )
            for place, content, why, marked in zip(places, contents, reasons, highlights, strict=True)
        )


def _retrieval(missing: PartialReason | None) -> Retrieval:
    return Retrieval(status="partial" if missing else "complete", reason=missing)


def _places(personalized: Personalized, total: int, request: SearchRequest) -> list[int]:
    """Where the page's results are in what was found; only the page is gone through, of what may be all titles."""
    start = (request.page - 1) * request.page_size
    order = personalized.order
    ranks = range(start, min(start + request.page_size, total))
    return [order[rank] if rank < len(order) else rank for rank in ranks]


def _score(place: int, found: Found, personalized: Personalized) -> float:
    """What orders the candidate that was found at this place (from 0)."""
    return personalized.score(place) if place < len(personalized.candidates) else float(found.relevance[place])


def _explanation(place: int, found: Found, personalized: Personalized, said: Why | None) -> Explanation:
    is_candidate = place < len(personalized.candidates)
    blended = personalized.explain(place, said) if is_candidate else unranked(float(found.relevance[place]), place + 1)
    return blended.model_copy(update={"evidence": {kind: float(part[place]) for kind, part in found.parts.items()}})


def _known(score: float) -> float | None:
    return None if math.isnan(score) else float(score)
