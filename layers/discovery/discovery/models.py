"""What comes in over the border: catalogue records and search requests, validated once, here.

What goes out is in `responses`. Inside the border frozen dataclasses are used, beside the code that makes them.
"""

import re
import unicodedata
from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from discovery.errors import RequestInvalid

MAX_QUERY_LENGTH = 500
DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE = 20, 100
MAX_NAMES = 50
MAX_BODY_BYTES = 64 * 1024
DEFAULT_PREVIEW_LIMIT, MAX_PREVIEW_WEIGHTS = 10, 10
VARIANT_PATTERN = r"^[a-z][a-z0-9_]{0,63}$"


class ContentRating(StrEnum):
    """US film (MPA) and television ratings."""

    TV_Y = "TV-Y"
    TV_G = "TV-G"
    G = "G"
    TV_Y7 = "TV-Y7"
    PG = "PG"
    TV_PG = "TV-PG"
    PG_13 = "PG-13"
    TV_14 = "TV-14"
    R = "R"
    TV_MA = "TV-MA"
    NC_17 = "NC-17"

    @property
    def level(self) -> int:
        """How restrictive, 1 (everyone) to 5 (adults); a film's and a series' rating of one level are equals."""
        return _RATING_LEVELS[self]


_RATING_LEVELS = {
    ContentRating.TV_Y: 1,
    ContentRating.TV_G: 1,
    ContentRating.G: 1,
    ContentRating.TV_Y7: 2,
    ContentRating.PG: 2,
    ContentRating.TV_PG: 2,
    ContentRating.PG_13: 3,
    ContentRating.TV_14: 3,
    ContentRating.R: 4,
    ContentRating.TV_MA: 4,
    ContentRating.NC_17: 5,
}

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
VariantName = Annotated[str, StringConstraints(pattern=VARIANT_PATTERN)]
Year = Annotated[int, Field(ge=0, le=9999)]
Rating = Annotated[float, Field(ge=0, le=10, allow_inf_nan=False)]
Page = Annotated[int, Field(ge=1, le=1_000_000)]
PageSize = Annotated[int, Field(ge=1, le=MAX_PAGE_SIZE)]
Unit = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
PreviewLimit = Annotated[int, Field(ge=1, le=100)]
UserId = Annotated[str, StringConstraints(min_length=1, max_length=256)]


def _searchable(query: str) -> str:
    """Drop control characters and outer white space; refuse what has nothing left."""
    cleaned = "".join(" " if unicodedata.category(c) in ("Cc", "Cs") else c for c in query).strip()
    if not cleaned:
        raise ValueError("must hold at least one character that is not white space")
    return re.sub(r"\s+", " ", cleaned)


QueryText = Annotated[str, Field(min_length=1, max_length=MAX_QUERY_LENGTH), AfterValidator(_searchable)]


class Frozen(BaseModel):
    """A model that never changes and takes no field that it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Content(Frozen):
    """A film or series, as a catalogue line holds it and as a result shows it."""

    id: Annotated[str, StringConstraints(min_length=1, max_length=128, pattern=r"^[^\s\x00-\x1f\x7f]+$")]
    title: Name
    overview: Annotated[str, StringConstraints(max_length=5000)] = ""
    release_year: Year | None = None
    genres: tuple[Name, ...] = ()
    platforms: tuple[Name, ...] = ()
    cast: tuple[Name, ...] = ()
    popularity_score: Unit | None = None
    average_rating: Rating | None = None
    content_rating: ContentRating | None = None


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
