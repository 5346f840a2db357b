"""What goes out over the border: responses, problems, and their parts."""

from typing import Any, Literal

from pydantic import ConfigDict, Field

from discovery.api.nothing_found import NothingFound
from discovery.catalogue.content import Content
from discovery.errors import Unsearched
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

    `score` is SONA's `raw_score` by `personalization.calibration`; it and `final` may leave [0, 1].
    With a `sort` of the request the order is that of the attribute, and these are the numbers beside it. So they are
    where `personalization.mode` is `multileave`: several weights took turns, and `weight` is the default one.
    """

    relevance: float
    evidence: dict[str, float] = Field(default_factory=dict)
    """What each kind of evidence adds to `relevance`, which is their sum in this order."""
    raw_score: float | None = None
    """SONA's own score, in [0, 1]; null where there is none of this item, or nothing was blended."""
    score: float | None
    """What was blended: `raw_score` by `personalization.calibration`.

    The mean relevance where this item has no score of its own; null where nothing was blended.
    """
    score_source: Literal["live", "cache", "neutral"] | None
    score_age_ms: int | None
    components: dict[str, float] | None
    because_you_liked: tuple[LikeTitle, ...] | None = None
    """Up to three titles that say most for this one, by SONA; null where it does not say so, or not in time."""
    why: str | None = None
    """What SONA says for its score, in words."""
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


class Calibration(Frozen):
    """How the scores were brought to the mean and spread of relevance in the reranking window, before the blend.

    `score = relevance_mean + deviation · relevance_spread`, where `deviation` is
    `(raw_score − score_mean) / max(score_spread, least_score_spread)`, kept within `−most_spreads` and `most_spreads`.
    Where `raw_score` is null or `score_spread` is 0, `score` is `relevance_mean`. Where only `relevance_spread` is 0,
    it is `relevance_mean + (raw_score − score_mean)`. Spreads are population standard deviations; those below 1e-9
    are 0.
    """

    relevance_mean: float
    relevance_spread: float
    score_mean: float
    """Of the candidates that have a score of their own, like `score_spread`."""
    score_spread: float
    least_score_spread: float
    """Scores that vary less are not stretched any further."""
    most_spreads: float
    """How many of relevance's spreads a score may be away from the mean relevance."""


class Participation(Frozen):
    """An experiment that the person takes part in, in its layer, and what they get there."""

    layer: str
    """`weight` decides the weight; what other layers decide is the app's own business."""
    experiment: str
    variant: str | None
    """Null where each of the experiment's variants has a part in each page (`mode` is `multileave`)."""
    epoch: str
    """Of this experiment; another one after every change of it or of a weight in it."""


class Personalization(Frozen):
    """What personalization did to this response, and why."""

    status: Literal["applied", "partial", "skipped", "failed"]
    reason: Reason | None
    variant: str | None
    requested_variant: str | None
    assigned_by: Literal["experiment", "request", "holdout", "default"]
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
    calibration: Calibration | None = None
    """What recomputes each explained `score`; null where nothing was blended."""
    layers: tuple[Participation, ...] = ()
    """The experiments that the person takes part in, at most one of a layer; in order of the layers' names."""
    mode: Literal["ab", "multileave"] = "ab"
    """`ab`: one weight orders the page. `multileave`: several weights take turns in choosing its results.

    `score` and `final` are then computed with `weight`, the default one, and do not order.
    """


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
