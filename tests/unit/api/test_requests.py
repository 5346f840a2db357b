"""What comes in over the border is cleaned or refused, and a refusal names the field."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from discovery.api.requests import MAX_QUERY_LENGTH, Filters, Order, PreviewQuery, SearchRequest, Sort, search_request
from discovery.catalogue.content import Content, ContentRating
from discovery.errors import RequestInvalid


def refused_fields(body: str) -> list[str]:
    with pytest.raises(ValidationError) as caught:
        SearchRequest.model_validate_json(body)
    return [".".join(str(part) for part in error["loc"]) for error in caught.value.errors()]


@pytest.mark.parametrize(
    ("query", "cleaned"),
    [
        ("heat", "heat"),
        ("  heat \t\n wave ", "heat wave"),
        ("he\x00at", "he at"),
        ("\x1b[31mheat\x7f", "[31mheat"),
        ("a\u0085b", "a b"),
        ("a\u2028b", "a b"),
        ("Amélie 🚀 שלום \u202eabc", "Amélie 🚀 שלום \u202eabc"),
        ("👩‍👩‍👧", "👩‍👩‍👧"),
        ("", ""),
        (" \n\t\u00a0\u2003", ""),
        ("\x00\x01", ""),
        ("(" * 500, "(" * 500),
        ('title:alien AND "x', 'title:alien AND "x'),
    ],
)
def test_a_query_loses_control_characters_and_spare_white_space_alone(query: str, cleaned: str) -> None:
    assert SearchRequest(query=query).query == cleaned


@pytest.mark.parametrize("character", ["a", " ", "\x00", "🚀"])
def test_a_query_that_is_too_long_is_refused_whatever_it_holds(character: str) -> None:
    assert len(SearchRequest(query=character * MAX_QUERY_LENGTH).query) <= MAX_QUERY_LENGTH
    with pytest.raises(ValidationError) as caught:
        SearchRequest(query=character * (MAX_QUERY_LENGTH + 1))

    assert [error["loc"] for error in caught.value.errors()] == [("query",)]


@pytest.mark.parametrize("query", ["", " ", "\n\t", "\x00\x01", "\u00a0\u2003", "a" * (MAX_QUERY_LENGTH + 1)])
def test_a_previews_query_with_nothing_in_it_or_too_much_is_refused(query: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(PreviewQuery).validate_python(query)


def test_a_previews_query_is_cleaned_as_a_searchs_is() -> None:
    assert TypeAdapter(PreviewQuery).validate_python("  heat \t\n wave ") == "heat wave"


def test_a_search_without_a_query_asks_for_everything() -> None:
    assert SearchRequest().query == SearchRequest.model_validate_json("{}").query == ""


@given(st.text(max_size=MAX_QUERY_LENGTH))
def test_a_cleaned_query_is_clean(query: str) -> None:
    cleaned = SearchRequest(query=query).query

    assert cleaned == SearchRequest(query=cleaned).query
    assert len(cleaned) <= len(query)
    assert not any(character < " " for character in cleaned)


def test_a_request_has_the_original_services_defaults() -> None:
    request = SearchRequest(query="heat")

    assert (request.page, request.page_size, request.experiment_variant, request.explain) == (1, 20, None, False)
    assert request.filters == Filters()
    assert not request.is_sorted


@pytest.mark.parametrize(
    ("sort", "order", "descending"),
    [
        *[(sort, None, sort is not Sort.TITLE) for sort in Sort],
        *[(sort, Order.ASCENDING, False) for sort in Sort],
        *[(sort, Order.DESCENDING, True) for sort in Sort],
    ],
)
def test_titles_alone_ascend_where_no_order_is_said(sort: Sort, order: Order | None, *, descending: bool) -> None:
    assert SearchRequest(sort=sort, order=order).descending == descending


def test_only_the_best_first_is_no_order_that_was_asked_for() -> None:
    assert not SearchRequest(sort=Sort.RELEVANCE, order=Order.DESCENDING).is_sorted
    assert SearchRequest(sort=Sort.RELEVANCE, order=Order.ASCENDING).is_sorted
    assert all(SearchRequest(sort=sort).is_sorted for sort in Sort if sort is not Sort.RELEVANCE)


def test_the_original_services_body_is_read() -> None:
    body = """{"query": "heat", "filters": {"genres": ["Crime"], "platforms": ["Netflix"], "year_range": [1990, 1999],
               "rating_range": [7.5, 10]}, "page": 2, "page_size": 50, "experiment_variant": "high_boost"}"""

    request = SearchRequest.model_validate_json(body)

    assert request.filters == Filters(
        genres=("Crime",), platforms=("Netflix",), year_range=(1990, 1999), rating_range=(7.5, 10.0)
    )
    assert (request.page, request.page_size, request.experiment_variant) == (2, 50, "high_boost")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ('{"query": 7}', "query"),
        ('{"query": null}', "query"),
        ('{"query": "a", "size": 5}', "size"),
        ('{"query": "a", "filters": {"genre": []}}', "filters.genre"),
        ('{"query": "a", "filters": {"genres": "Drama"}}', "filters.genres"),
        ('{"query": "a", "filters": {"genres": [" "]}}', "filters.genres.0"),
        ('{"query": "a", "filters": {"year_range": [2000, 1990]}}', "filters"),
        ('{"query": "a", "filters": {"year_range": ["old", 1990]}}', "filters.year_range.0"),
        ('{"query": "a", "filters": {"year_range": [1990, -1]}}', "filters.year_range.1"),
        ('{"query": "a", "filters": {"year_range": [1990]}}', "filters.year_range.1"),
        ('{"query": "a", "filters": {"year_range": [1990, 1991, 1992]}}', "filters.year_range"),
        ('{"query": "a", "filters": {"rating_range": [9, 8.5]}}', "filters"),
        ('{"query": "a", "filters": {"rating_range": [0, 10.1]}}', "filters.rating_range.1"),
        ('{"query": "a", "filters": {"rating_range": [NaN, 10]}}', "filters.rating_range.0"),
        ('{"query": "a", "filters": {"max_content_rating": "X"}}', "filters.max_content_rating"),
        ('{"query": "a", "page": 0}', "page"),
        ('{"query": "a", "page": 1.5}', "page"),
        ('{"query": "a", "page": 1000001}', "page"),
        ('{"query": "a", "page_size": 0}', "page_size"),
        ('{"query": "a", "page_size": 101}', "page_size"),
        ('{"query": "a", "explain": "perhaps"}', "explain"),
        ('{"query": "a", "sort": "length"}', "sort"),
        ('{"query": "a", "sort": null}', "sort"),
        ('{"query": "a", "order": "up"}', "order"),
    ],
)
def test_a_refusal_names_the_field(body: str, field: str) -> None:
    assert refused_fields(body) == [field]


def test_a_reversed_range_says_which_and_with_what_bounds() -> None:
    with pytest.raises(ValidationError, match="year_range: 2000 is above 1990"):
        Filters(year_range=(2000, 1990))


@pytest.mark.parametrize("bounds", [(1990, 1990), (None, 1990), (1990, None), (None, None)])
def test_a_range_may_be_a_point_or_open(bounds: tuple[int | None, int | None]) -> None:
    assert Filters(year_range=bounds).year_range == bounds


@pytest.mark.parametrize("count", [0, 50])
def test_up_to_fifty_names_are_taken(count: int) -> None:
    assert len(Filters(genres=("Drama",) * count).genres) == count


def test_more_than_fifty_names_are_refused() -> None:
    with pytest.raises(ValidationError, match="platforms"):
        Filters(platforms=("Netflix",) * 51)


@pytest.mark.parametrize("name", ["control", "high_boost", "a", "v2", "a" * 64])
def test_a_well_formed_variant_is_taken(name: str) -> None:
    assert SearchRequest(query="a", experiment_variant=name).experiment_variant == name


@pytest.mark.parametrize(
    "name", ["", "High", "high-boost", "2fast", "_a", "a b", "a\n", "a" * 65, "é", "a/b", "{user}", "🚀"]
)
def test_a_malformed_variant_is_refused(name: str) -> None:
    with pytest.raises(ValidationError, match="experiment_variant"):
        SearchRequest(query="a", experiment_variant=name)


def test_parameters_make_the_same_request_as_a_body() -> None:
    request = search_request(
        query="heat",
        names={"genres": ["Crime"], "platforms": ["Max", "Netflix"], "languages": ["French"]},
        years=(1990, None),
        ratings=(None, 9),
        max_content_rating=ContentRating.R,
        page=3,
        page_size=7,
        experiment_variant="control",
        explain=True,
    )

    assert request == SearchRequest(
        query="heat",
        filters=Filters(
            genres=("Crime",),
            platforms=("Max", "Netflix"),
            languages=("French",),
            year_range=(1990, None),
            rating_range=(None, 9.0),
            max_content_rating=ContentRating.R,
        ),
        page=3,
        page_size=7,
        experiment_variant="control",
        explain=True,
    )


@pytest.mark.parametrize(
    ("years", "ratings", "field"),
    [((2000, 1990), (None, None), "year_min"), ((None, None), (8.5, 8), "rating_min")],
)
def test_reversed_parameters_are_refused_by_name(
    years: tuple[int | None, int | None], ratings: tuple[float | None, float | None], field: str
) -> None:
    with pytest.raises(RequestInvalid) as caught:
        search_request(query="a", names={}, years=years, ratings=ratings, max_content_rating=None)

    assert caught.value.field == field


def test_ratings_of_films_and_series_share_one_scale() -> None:
    by_level = [{rating.value for rating in ContentRating if rating.level == level} for level in range(1, 6)]

    assert by_level == [{"TV-Y", "TV-G", "G"}, {"TV-Y7", "PG", "TV-PG"}, {"PG-13", "TV-14"}, {"R", "TV-MA"}, {"NC-17"}]


def test_names_lose_outer_white_space() -> None:
    content = Content(id="a", title="  Heat ", genres=(" Crime",))

    assert (content.title, content.genres) == ("Heat", ("Crime",))


def test_a_content_never_changes() -> None:
    content = Content(id="a", title="A")

    with pytest.raises(ValidationError, match="frozen"):
        content.title = "B"  # type: ignore[misc]  # this is what is tested
