"""What comes in over the border: search and preview requests, validated once, here.

What goes out is in `responses`. Inside the border frozen dataclasses are used, beside the code that makes them.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from discovery.catalogue.content import ContentRating
from discovery.errors import RequestInvalid
from discovery.names import Frozen, Name, Rating, VariantName, Year

MAX_QUERY_LENGTH = 500
DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE = 20, 100
MAX_NAMES = 50
MAX_BODY_BYTES = 64 * 1024
DEFAULT_PREVIEW_LIMIT, MAX_PREVIEW_WEIGHTS = 10, 10
MYSELF = "me"
"""As a user id: the caller."""


Page = Annotated[int, Field(ge=1, le=1_000_000)]
PageSize = Annotated[int, Field(ge=1, le=MAX_PAGE_SIZE)]
PreviewLimit = Annotated[int, Field(ge=1, le=100)]


def _searchable(query: str) -> str:
    """Drop control characters and outer white space; refuse what has nothing left."""
    cleaned = "".join(" " if unicodedata.category(c) in ("Cc", "Cs") else c for c in query).strip()
    if not cleaned:
        raise ValueError("must hold at least one character that is not white space")
    return re.sub(r"\s+", " ", cleaned)


QueryText = Annotated[str, Field(min_length=1, max_length=MAX_QUERY_LENGTH), AfterValidator(_searchable)]


class Filters(Frozen):
    """What a result must be. All filters must hold; within genres, and within platforms, any one is enough."""

    genres: tuple[Name, ...] = Field(default=(), max_length=MAX_NAMES)
    platforms: tuple[Name, ...] = Field(default=(), max_length=MAX_NAMES)
    year_range: tuple[Year | None, Year | None] | None = None
    rating_range: tuple[Rating | None, Rating | None] | None = None
    max_content_rating: ContentRating | None = None
    """A title without a rating does not pass this filter: nobody has vouched for it."""

    @model_validator(mode="after")
    def _ranges_run_upwards(self) -> Self:
        for field, bounds in (("year_range", self.year_range), ("rating_range", self.rating_range)):
            if bounds and bounds[0] is not None and bounds[1] is not None and bounds[0] > bounds[1]:
                raise PydanticCustomError(
                    "reversed_range",
                    "{field}: {low} is above {high}",
                    {"field": field, "low": bounds[0], "high": bounds[1]},
                )
        return self


class SearchRequest(Frozen):
    """One search; the body of `POST /v1/search`."""

    query: QueryText
    filters: Filters = Filters()
    page: Page = 1
    page_size: PageSize = DEFAULT_PAGE_SIZE
    experiment_variant: VariantName | None = None
    explain: bool = False


def search_request(
    *,
    query: str,
    genres: Sequence[str],
    platforms: Sequence[str],
    years: tuple[int | None, int | None],
    ratings: tuple[float | None, float | None],
    max_content_rating: ContentRating | None,
    **rest: Any,
) -> SearchRequest:
    """The request that the validated query parameters of `GET /v1/search` stand for.

    Raises:
        RequestInvalid: a reversed range.
    """
    for field, (low, high) in (("year", years), ("rating", ratings)):
        if low is not None and high is not None and low > high:
            raise RequestInvalid(f"{field}_min", f"{low} is above {field}_max, which is {high}")
    filters = Filters(
        genres=tuple(genres),
        platforms=tuple(platforms),
        year_range=years,
        rating_range=ratings,
        max_content_rating=max_content_rating,
    )
    return SearchRequest(query=query, filters=filters, **rest)


@dataclass(frozen=True)
class PreviewRequest:
    """What is to be previewed; made of validated values."""

    query: str
    user_id: str
    """`me` is the caller."""
    weights: Sequence[float]
    """Each in [0, 1]; none for the policy's variants."""
    limit: int
    """Results to show of each column."""
