"""What goes out over the border: responses, problems, and their parts."""

from typing import Any, Literal

from pydantic import ConfigDict, Field

from discovery.api.nothing_found import NothingFound
from discovery.catalogue.content import Content
from discovery.names import Frozen
from discovery.reason import Reason


class LikeTitle(Frozen):
    """The title that "like …" named, as the catalogue knows it."""

    id: str
    title: str


class Correction(Frozen):
    """A query, or a prefix of one, that was searched as another one, since the catalogue lacks some of its words."""

    model_config = ConfigDict(populate_by_name=True, serialize_by_alias=True)

    typed: str = Field(alias="from")
    meant: str = Field(alias="to")


class QueryParsed(Frozen):
    """What the rules read in the query."""

    text: str
    """The query as it was searched by meaning."""
    terms: str
    """What is left for keyword search once the understood parts are taken out; may be empty."""
    genres: tuple[str, ...] = ()
    platforms: tuple[str, ...] = ()
    year_range: tuple[int | None, int | None] | None = None
    countries: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    """Of the titles that are wanted. Neither is a constraint: titles that fit come before others."""
    like: LikeTitle | None = None
    corrected: Correction | None = None
    """What else was searched, and what is described here; a request with `correct=false` is searched as it is."""
    relaxed: bool = False
    """True where the understood filters left nothing, so they were dropped and the words searched as they stand."""


class Explanation(Frozen):
    """Why a result is where it is: `final = relevance · (1 − weight) + score · weight`, ties by `rank_before`.

    With a `sort` of the request the order is that of the attribute, and these are the numbers beside it.
    """

    relevance: float
    evidence: dict[str, float] = Field(default_factory=dict)
    """What each kind of evidence adds to `relevance`, which is their sum in this order."""
    score: float | None
    """What was blended; the median of the others where this item has none; null where nothing was blended."""
    score_source: Literal["live", "cache", "neutral"] | None
    score_age_ms: int | None
    components: dict[str, float] | None
    weight: float
    final: float
    rank_before: int
    rank_after: int
    reranked: bool
    """False beyond the reranking window and where nothing was personalized."""


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
    """One result; the original service's fields, and `explanation` and `highlights` where they were asked for."""

    content: Content
    relevance_score: float
    """In [0, 1], before personalization: the sum of all that speaks for the result; the best has 1."""
    score: float
    """What orders the reranking window: the blend, or relevance where nothing was blended.

    Results beyond the window follow in the order of relevance. With a `sort` of the request, neither orders.
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


class FacetCount(Frozen):
    """A facet's value and how many candidates have it."""

    value: str
    count: int


class Facets(Frozen):
    """Counts over all candidates, before paging; the most frequent first, years and ratings in order.

    Of directors and keywords there are the 20 most frequent at most.
    """

    genres: tuple[FacetCount, ...]
    platforms: tuple[FacetCount, ...]
    years: tuple[FacetCount, ...]
    """By decade: "1990s"."""
    ratings: tuple[FacetCount, ...]
    """By whole point of the average rating: "7-8" is [7, 8)."""
    directors: tuple[FacetCount, ...] = ()
    countries: tuple[FacetCount, ...] = ()
    languages: tuple[FacetCount, ...] = ()
    keywords: tuple[FacetCount, ...] = ()


class DisjunctiveFacets(Frozen):
    """Each facet that the request filters by, counted without that filter; null for those that it does not filter by.

    The counts are those of the same search with that filter left out and all others kept. What was understood in the
    query stays.
    """

    genres: tuple[FacetCount, ...] | None = None
    platforms: tuple[FacetCount, ...] | None = None
    years: tuple[FacetCount, ...] | None = None
    ratings: tuple[FacetCount, ...] | None = None
    directors: tuple[FacetCount, ...] | None = None
    countries: tuple[FacetCount, ...] | None = None
    languages: tuple[FacetCount, ...] | None = None
    keywords: tuple[FacetCount, ...] | None = None


class Personalization(Frozen):
    """What personalization did to this response, and why."""

    status: Literal["applied", "partial", "skipped", "failed"]
    reason: Reason | None
    variant: str | None
    requested_variant: str | None
    assigned_by: Literal["experiment", "request", "default"]
    weight: float
    experiment: str | None
    """The experiment that assigned; null where none did."""
    epoch: str | None
    """Of the experiment in the policy; another one after every change of it or of a weight in it."""
    policy_version: str
    policy_age_ms: int | None
    """Since the policy was read from Parameter Store; null for the built-in one."""
    scored: int
    candidates: int
    from_cache: int
    elapsed_ms: float


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
    personalization: Personalization
    search_time_ms: float
    nothing_found: NothingFound | None = None
    """What was tried, and what finds something instead; null where anything was found, on whatever page."""


class FieldError(Frozen):
    """One thing wrong with a request."""

    field: str
    detail: str


class Problem(Frozen):
    """RFC 9457 problem details."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str | None = None
    errors: tuple[FieldError, ...] = ()


class GatewayMessage(Frozen):
    """What API Gateway answers itself, without a function."""

    message: str


class Health(Frozen):
    """What `GET /v1/health` says."""

    status: Literal["ok"]
    stage: str
    catalogue: dict[str, Any]
    policy_version: str
    policy_age_ms: int | None


class Invalidated(Frozen):
    """What an invalidation did."""

    status: Literal["invalidated"] = "invalidated"
    scope: Literal["user", "all"]
    cache_generation: int | None = None
    """The new generation, where everything was flushed."""
