"""The answer to a search, and its results."""

from typing import Literal

from discovery.api.facet_responses import DisjunctiveFacets, Facets
from discovery.api.nothing_found import NothingFound
from discovery.api.personalization_responses import Explanation, Personalization
from discovery.api.query_responses import QueryParsed
from discovery.catalogue.content import Content
from discovery.errors import Unsearched
from discovery.names import Frozen


class CastHighlight(Frozen):
    """The words of the query in one person's name; `index` is their place in `cast`."""

    index: int
    spans: tuple[tuple[int, int], ...]


class Highlights(Frozen):
    """Where the words of the query are in a result, as `[start, end)` in characters (Unicode code points).

    Spans are in order and do not overlap; of one field there are at most 20.
    """

    title: tuple[tuple[int, int], ...]
    cast: tuple[CastHighlight, ...]
    overview: tuple[tuple[int, int], ...]


class SearchResult(Frozen):
    """One result; the original service's fields, and `explanation` and `highlights` where they were asked for.

    `relevance_score` is in [0, 1]; `score`, which orders, may leave that where something was blended.
    """

    content: Content
    relevance_score: float
    """In [0, 1], before personalization: the sum of all that speaks for the result; the best has 1."""
    score: float
    """What orders the reranking window: the blend, or relevance where nothing was blended.

    Results beyond the window follow in the order of relevance. With a `sort` of the request, neither orders, and nor
    does `score` where `personalization.mode` is `multileave`.
    """
    match_reasons: tuple[str, ...]
    vector_similarity: float | None
    """Cosine of query and document; null where vector search did not find it."""
    keyword_score: float | None
    """BM25; null where keyword search did not find it."""
    graph_score: float | None = None
    """Always null: the original's third strategy; kept so that its clients parse."""
    explanation: Explanation | None = None
    highlights: Highlights | None = None


PartialReason = Unsearched
"""Why not everything was searched: the time was over, a part of it failed, or who searches could not be reached."""


class Retrieval(Frozen):
    """Whether every way of finding titles was gone; where one was not, titles may be missing and counts too small."""

    status: Literal["complete", "partial"]
    reason: PartialReason | None = None
    """Why it is partial; null where it is complete."""


CursorExpired = Literal["catalogue", "order"]


class SearchResponse(Frozen):
    """The answer to one search."""

    search_id: str
    query_parsed: QueryParsed
    results: tuple[SearchResult, ...]
    total_count: int
    page: int
    page_size: int
    facets: Facets
    disjunctive_facets: DisjunctiveFacets | None = None
    """What another value in place of one that is filtered by would find; null where they were not asked for."""
    retrieval: Retrieval
    personalization: Personalization
    catalogue: str
    """Which catalogue answered: its bundle's id."""
    cursor: str
    """Opaque: names this list of results. Send it with the requests for other pages of it."""
    cursor_expired: CursorExpired | None = None
    """Why this page is of another list than the request's `cursor` named; null where it is not, or none was sent.

    `catalogue`: that one is no longer at hand here, or not yet. `order`: the same catalogue is in another order, since
    scores, policy or query have changed. Results of other pages may then be repeated or missing.
    """
    search_time_ms: float
    nothing_found: NothingFound | None = None
    """What was tried, and what finds something instead; null where anything was found, on whatever page."""
