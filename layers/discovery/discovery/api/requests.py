"""What comes in over the border: search and preview requests, validated once, here.

What goes out is in `responses`. Inside the border frozen dataclasses are used, beside the code that makes them.
"""

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, Self
from urllib.parse import unquote

from pydantic import AfterValidator, BeforeValidator, Field, Strict, StrictBool, model_validator
from pydantic_core import PydanticCustomError

from discovery.catalogue.content import ContentRating
from discovery.errors import RequestInvalid
from discovery.names import WHITE_SPACE, Frozen, Name, Rating, VariantName, Year

MAX_QUERY_LENGTH, MAX_PREFIX_LENGTH = 500, 100
DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE = 20, 100
MAX_NAMES = 50
MAX_BODY_BYTES = 64 * 1024
DEFAULT_PREVIEW_LIMIT, MAX_PREVIEW_WEIGHTS = 10, 10
DEFAULT_SUGGEST_LIMIT, MAX_SUGGEST_LIMIT = 5, 20
MYSELF = "me"
"""As a user id: the caller."""


_SOMETHING: dict[str, Any] = {"pattern": rf"[^\x00-\x1f\x7f-\x9f{WHITE_SPACE}]"}
"""A text that may not be empty has a character besides control characters and white space.

Only described; `_not_empty` checks.
"""

Page = Annotated[int, Field(ge=1, le=1_000_000)]
PageSize = Annotated[int, Field(ge=1, le=MAX_PAGE_SIZE)]
PreviewLimit = Annotated[int, Field(ge=1, le=100)]
SuggestLimit = Annotated[int, Field(ge=1, le=MAX_SUGGEST_LIMIT)]


def _cleaned(query: str) -> str:
    """Drop control characters and spare white space."""
    cleaned = "".join(" " if unicodedata.category(c) in ("Cc", "Cs") else c for c in query).strip()
    return re.sub(r"\s+", " ", cleaned)


def _not_empty(query: str) -> str:
    if not query:
        raise ValueError("must hold at least one character that is not white space")
    return query


def _whole(number: object) -> object:
    """The integer that a JSON number is: 1.0 is one too (JSON Schema, "Instance Data Model")."""
    return int(number) if isinstance(number, float) and number.is_integer() else number


def _few(names: object) -> object:
    """Refuse a list that is too long before its items are validated, each of which may be an error."""
    if isinstance(names, list) and len(names) > MAX_NAMES:
        limits = {"most": MAX_NAMES, "actual": len(names)}
        raise PydanticCustomError("too_long", "must have at most {most} items, not {actual}", limits)
    return names


def is_text(value: str) -> bool:
    """Whether a string can be encoded; a string from JSON may contain half of a surrogate pair."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def json_object(text: str) -> dict[str, Any]:
    """The JSON object that a body holds.

    Raises:
        RequestInvalid: it holds something else.
    """
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        raise RequestInvalid("body", f"must be valid JSON: {error.msg} at character {error.pos}") from error
    except (RecursionError, ValueError) as error:  # nested too deeply, or a number of more digits than Python reads
        raise RequestInvalid("body", "must be valid JSON of reasonable depth and with reasonable numbers") from error
    if not isinstance(value, dict):
        raise RequestInvalid("body", "must be a JSON object")
    return value


PathUserId = Annotated[str, AfterValidator(lambda encoded: unquote(encoded, errors="strict"))]
"""As `gateway_event` encodes it in a path."""
PathExperiment = Annotated[str, Field(min_length=1, max_length=500), AfterValidator(unquote)]
"""Likewise, of whatever name."""
Names = Annotated[tuple[Name, ...], Field(max_length=MAX_NAMES), BeforeValidator(_few)]
QueryText = Annotated[str, Field(max_length=MAX_QUERY_LENGTH), AfterValidator(_cleaned)]
"""What a search may ask; empty where it browses."""
CursorText = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,100}~[0-9a-f]{16}$")]
"""As an answer gave it out: a catalogue's id and a hash (`search.cursor`)."""
PreviewQuery = Annotated[
    str,
    Field(min_length=1, max_length=MAX_QUERY_LENGTH, json_schema_extra=_SOMETHING),
    AfterValidator(_cleaned),
    AfterValidator(_not_empty),
]
PrefixText = Annotated[
    str,
    Field(min_length=1, max_length=MAX_PREFIX_LENGTH, json_schema_extra=_SOMETHING),
    AfterValidator(_cleaned),
    AfterValidator(_not_empty),
]

# A body has types, and a query string has none: there "1" is a number.
_Integer = BeforeValidator(_whole)
_Year = Annotated[Year, Strict(), _Integer]
_Rating = Annotated[Rating, Strict()]


class Filters(Frozen):
    """What a result must be. All filters must hold; of the names of one filter, any one is enough.

    Names are compared without case; those of directors, countries, languages and keywords also without accents,
    punctuation and leading article.
    """

    genres: Names = ()
    platforms: Names = ()
    directors: Names = ()
    countries: Names = ()
    languages: Names = ()
    keywords: Names = ()
    year_range: tuple[_Year | None, _Year | None] | None = None
    rating_range: tuple[_Rating | None, _Rating | None] | None = None
    max_content_rating: ContentRating | None = None
    """A title without a rating does not pass this filter: nobody has vouched for it."""

    def without(self, name: str) -> Self:
        """The same without one of them."""
        return self.model_copy(update={name: type(self).model_fields[name].get_default()})

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


class Sort(StrEnum):
    """What a search is ordered by."""

    RELEVANCE = "relevance"
    POPULARITY = "popularity"
    RATING = "rating"
    YEAR = "year"
    TITLE = "title"


class Order(StrEnum):
    """In which direction."""

    ASCENDING = "asc"
    DESCENDING = "desc"


class SearchRequest(Frozen):
    """One search; the body of `POST /v1/search`."""

    query: QueryText = ""
    """Empty for everything that passes the filters, popular first; white space alone is empty too."""
    filters: Filters = Filters()
    page: Annotated[Page, Strict(), _Integer] = 1
    page_size: Annotated[PageSize, Strict(), _Integer] = DEFAULT_PAGE_SIZE
    cursor: CursorText | None = None
    """That of the first page, so that the next ones are of the same catalogue while it is still at hand."""
    experiment_variant: VariantName | None = None
    explain: StrictBool = False
    correct: StrictBool = True
    """Whether words that the catalogue lacks are taken for near ones that it has."""
    highlight: StrictBool = False
    """Whether results tell where the words of the query are in them."""
    disjunctive_facets: StrictBool = False
    """Whether facets that are filtered by are counted without their own filter too."""
    sort: Sort = Sort.RELEVANCE
    order: Order | None = None
    """Descending, and ascending for titles, where it is not said."""

    @property
    def descending(self) -> bool:
        """Whether the greatest comes first."""
        return (self.sort is not Sort.TITLE) if self.order is None else self.order is Order.DESCENDING

    @property
    def is_sorted(self) -> bool:
        """Whether the order is the person's explicit wish, which personalization leaves alone."""
        return self.sort is not Sort.RELEVANCE or not self.descending


def search_request(
    *,
    query: str,
    names: Mapping[str, Sequence[str]],
    years: tuple[int | None, int | None],
    ratings: tuple[float | None, float | None],
    max_content_rating: ContentRating | None,
    **rest: Any,
) -> SearchRequest:
    """The request that the validated query parameters of `GET /v1/search` stand for; `names` are the filters by name.

    Raises:
        RequestInvalid: a reversed range.
    """
    for field, (low, high) in (("year", years), ("rating", ratings)):
        if low is not None and high is not None and low > high:
            raise RequestInvalid(f"{field}_min", f"{low} is above {field}_max, which is {high}")
    filters = Filters(
        **{attribute: tuple(wanted) for attribute, wanted in names.items()},
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
