"""The answer to a search as the first release, 0.1.0, described it: what a client that was written then parses.

Nothing is ever taken out or changed here. Every field is required, even where it may be null, and is of this type
alone; fields that came later are passed over, as such a client does.
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict


class _Parsed(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore")


class LikeTitle(_Parsed):
    id: str
    title: str


class QueryParsed(_Parsed):
    text: str
    terms: str
    genres: tuple[str, ...]
    platforms: tuple[str, ...]
    year_range: tuple[int | None, int | None] | None
    like: LikeTitle | None
    relaxed: bool


class Content(_Parsed):
    id: str
    title: str
    overview: str
    release_year: int | None
    genres: tuple[str, ...]
    platforms: tuple[str, ...]
    cast: tuple[str, ...]
    popularity_score: float | None
    average_rating: float | None
    content_rating: Literal["TV-Y", "TV-G", "G", "TV-Y7", "PG", "TV-PG", "PG-13", "TV-14", "R", "TV-MA", "NC-17"] | None


class Explanation(_Parsed):
    relevance: float
    score: float | None
    score_source: Literal["live", "cache", "neutral"] | None
    score_age_ms: int | None
    components: dict[str, float] | None
    weight: float
    final: float
    rank_before: int
    rank_after: int
    reranked: bool


class SearchResult(_Parsed):
    content: Content
    relevance_score: float
    match_reasons: tuple[str, ...]
    vector_similarity: float | None
    keyword_score: float | None
    graph_score: float | None
    explanation: Explanation | None


class FacetCount(_Parsed):
    value: str
    count: int


class Facets(_Parsed):
    genres: tuple[FacetCount, ...]
    platforms: tuple[FacetCount, ...]
    years: tuple[FacetCount, ...]
    ratings: tuple[FacetCount, ...]


class Personalization(_Parsed):
    status: Literal["applied", "partial", "skipped", "failed"]
    reason: str | None
    variant: str | None
    requested_variant: str | None
    assigned_by: Literal["experiment", "request", "default"]
    weight: float
    experiment: str | None
    epoch: str | None
    policy_version: str
    policy_age_ms: int | None
    scored: int
    candidates: int
    from_cache: int
    elapsed_ms: float


class SearchResponse(_Parsed):
    search_id: str
    query_parsed: QueryParsed
    results: tuple[SearchResult, ...]
    total_count: int
    page: int
    page_size: int
    facets: Facets
    personalization: Personalization
    search_time_ms: float
