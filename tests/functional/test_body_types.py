"""A JSON body has types, and a value of another one is refused; a query string has none."""

from typing import Any

import pytest

from tests.functional.client import Api, assert_problem


@pytest.mark.parametrize(
    "changes",
    [
        {"page": True},
        {"page": "1"},
        {"page_size": "20"},
        {"page_size": 20.5},
        {"explain": "yes"},
        {"explain": 1},
        {"query": 7},
        {"disjunctive_facets": "true"},
        {"disjunctive_facets": 1},
    ],
    ids=str,
)
def test_a_field_of_a_body_has_the_documents_type_or_is_refused(changes: dict[str, Any], api: Api) -> None:
    assert_problem(api.post({"query": "alien"} | changes), 422, next(iter(changes)))


@pytest.mark.parametrize(
    ("field", "filters"),
    [
        ("year_range.1", {"year_range": [0, False]}),
        ("year_range.0", {"year_range": ["1990", None]}),
        ("rating_range.0", {"rating_range": [True, None]}),
        ("rating_range.1", {"rating_range": [None, "9"]}),
        ("genres.0", {"genres": [True]}),
        ("directors", {"directors": "Ridley Scott"}),
        ("countries.0", {"countries": [7]}),
        ("languages", {"languages": None}),
        ("keywords.1", {"keywords": ["parasite", {}]}),
        ("max_content_rating", {"max_content_rating": 1}),
    ],
    ids=str,
)
def test_a_filter_of_a_body_has_the_documents_type_or_is_refused(field: str, filters: dict[str, Any], api: Api) -> None:
    assert_problem(api.post({"query": "alien", "filters": filters}), 422, f"filters.{field}")


def test_a_body_of_the_right_types_is_searched(api: Api) -> None:
    filters = {"year_range": [1900, None], "rating_range": [0, 9.5], "max_content_rating": "R", "genres": []}

    assert api.post({"query": "alien", "filters": filters, "page": 1, "explain": True}).status == 200


def test_a_query_string_has_no_types(api: Api) -> None:
    answer = api.get(query="alien", page="1", explain="true", year_min="0", rating_min="1")

    assert (answer.status, answer.json["page"]) == (200, 1)
