"""Why a search found nothing: what was tried, which filter leaves nothing, and which other queries find something.

It takes a few searches more, within the first one's deadline. Whatever goes wrong with it, the search is answered.
"""

import time
from collections.abc import Callable
from typing import Literal

from discovery.api.nothing_found import (
    CorrectionTried,
    FilterTried,
    NothingFound,
    QuerySuggestion,
    RelaxedTried,
    Tried,
    UncorrectedTried,
    WordsTried,
    WordTried,
)
from discovery.api.requests import Filters, SearchRequest
from discovery.errors import IndexUnavailable
from discovery.observability import logger, metrics
from discovery.retrieval.filters import given
from discovery.retrieval.found import Found
from discovery.retrieval.index import RetrievalIndex
from discovery.retrieval.understanding.query import ParsedQuery
from discovery.retrieval.understanding.syntax import is_plain

Clock = Callable[[], float]

MOST_SEARCHES = 8
"""Besides the one that found nothing. Of 36 273 films, one takes about 3 ms."""
MOST_SUGGESTIONS = 5
_ALL, _QUERY = "filters", "query"


class WhyNothing:
    """Tells it of one index."""

    def __init__(self, index: RetrievalIndex, *, timeout_ms: float, clock: Clock = time.perf_counter) -> None:
        """`timeout_ms`: of a search, together with what is searched here."""
        self._index = index
        self._timeout_ms = timeout_ms
        self._clock = clock

    async def tell(
        self, request: SearchRequest, query: ParsedQuery, found: Found, *, elapsed_ms: float
    ) -> NothingFound | None:
        """What there is to say of a search that found nothing after so long; None where that can't be said.

        `query`: as it was understood; `found` has it as it was searched.
        """
        try:
            ends = self._clock() + (self._timeout_ms - elapsed_ms) / 1000
            return await self._told(_Searches(self._index, request, ends, self._clock), query, found)
        except IndexUnavailable:
            return NothingFound(complete=False, tried=())
        except Exception as error:  # noqa: BLE001 - nobody's search fails by what is only said about it
            metrics.defect("NothingFoundFailed")
            logger.exception("why nothing was found is not known", reason=type(error).__name__)
            return None

    async def _told(self, searches: "_Searches", query: ParsedQuery, found: Found) -> NothingFound:
        tried = await self._tried(searches.request, query, found)
        if not found.whole:
            return NothingFound(complete=False, tried=tuple(tried))
        counts = await self._counts(searches, query)
        nothing_passes = any(count.without == _QUERY and not count.total_count for count in counts)
        suggestions = [] if nothing_passes else await self._suggestions(searches, query)
        return NothingFound(complete=True, tried=(*tried, *counts), suggestions=tuple(suggestions))

    async def _tried(self, request: SearchRequest, query: ParsedQuery, found: Found) -> list[Tried]:
        """What the search itself did."""
        words, parsed = await self._index.words(found.query), found.query.parsed
        unknown = tuple(word for word, known in words.items() if not known)
        tried: list[Tried] = []
        if words:
            tried.append(WordsTried(words=tuple(WordTried(word=word, known=known) for word, known in words.items())))
        if parsed.corrected is not None:
            tried.append(CorrectionTried(typed=parsed.corrected.typed, meant=parsed.corrected.meant))
        if unknown:
            tried.append(UncorrectedTried(words=unknown, because=_because(request)))
        if parsed.relaxed:
            tried.append(RelaxedTried.model_validate(query.parsed, from_attributes=True))
        return tried

    async def _counts(self, searches: "_Searches", query: ParsedQuery) -> list[FilterTried]:
        """What there would be without each filter; one search tells, since a filter only takes away."""
        filters = searches.request.filters
        asked = given(filters)
        unfiltered = await searches.find(query, Filters()) if asked else None
        if unfiltered is None:
            return []
        counts = {}
        if len(unfiltered):
            counts = {name: await self._index.passing(unfiltered, filters.without(name)) for name in asked}
        if len(asked) > 1 or not len(unfiltered):
            counts[_ALL] = unfiltered.total
        browsed = None if query.is_empty else await searches.find(await self._index.understand(""), filters)
        if browsed is not None:
            counts[_QUERY] = browsed.total
        return [FilterTried(without=name, total_count=count) for name, count in counts.items()]

    async def _suggestions(self, searches: "_Searches", query: ParsedQuery) -> list[QuerySuggestion]:
        """Other queries, each of which was searched, as the request would be, and found something."""
        request = searches.request
        suggestions: list[QuerySuggestion] = []
        if query.is_empty:
            return suggestions
        async for alternative in self._index.alternatives(query):
            understood = await self._index.understand(alternative.query, correct=request.correct)
            found = await searches.find(understood, request.filters)
            if found is None:
                break
            if len(found):
                suggestions.append(
                    QuerySuggestion(query=alternative.query, why=alternative.why, total_count=found.total)
                )
            if len(suggestions) == MOST_SUGGESTIONS:
                break
        return suggestions


class _Searches:
    """The searches that one may make for what it says of a request."""

    def __init__(self, index: RetrievalIndex, request: SearchRequest, ends: float, clock: Clock) -> None:
        self.request = request
        self._index = index
        self._ends = ends
        self._clock = clock
        self._left = MOST_SEARCHES

    async def find(self, query: ParsedQuery, filters: Filters) -> Found | None:
        """What is found; None where too much was searched already, or the deadline is over."""
        left_ms = (self._ends - self._clock()) * 1000
        if not self._left or left_ms <= 0:
            return None
        self._left -= 1
        return await self._index.find(query, filters, timeout_ms=left_ms)


def _because(request: SearchRequest) -> Literal["nothing_near", "switched_off", "query_syntax"]:
    if not request.correct:
        return "switched_off"
    return "nothing_near" if is_plain(request.query) else "query_syntax"
