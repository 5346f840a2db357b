"""Whatever a client sends is searched or refused: never a 500, and never a long list of errors."""

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.functional.client import Answer, Api, assert_problem

MOST_LISTED = 20

# The fixture is the same API for all examples, which is what is wanted: each is asked after the others.
many = settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])

MEMBERS = st.sampled_from(
    [
        *(
            "query",
            "filters",
            "page",
            "page_size",
            "experiment_variant",
            "explain",
            "genres",
            "platforms",
            "year_range",
        ),
        *("correct", "highlight", "sort", "order", "disjunctive_facets"),
        *("directors", "countries", "languages", "keywords"),
    ]
)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.just("\ud800")
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=30) | st.dictionaries(MEMBERS | st.text(max_size=5), inner)
)
FILTERS = st.dictionaries(
    st.sampled_from(
        [
            *("genres", "platforms", "directors", "countries", "languages", "keywords"),
            *("year_range", "rating_range", "max_content_rating"),
        ]
    ),
    VALUES,
)
BODIES = (
    VALUES
    | st.dictionaries(MEMBERS, VALUES)
    | st.builds(lambda filters, rest: rest | {"query": "alien", "filters": filters}, FILTERS, st.just({}))
    | st.builds(lambda member, value: {"query": "alien", member: value}, MEMBERS, SCALARS)
)
PARAMETER_NAMES = [
    *("query", "genres", "platforms", "year_min", "year_max", "rating_min", "rating_max", "max_content_rating"),
    *("page", "page_size", "experiment_variant", "explain", "correct", "highlight", "sort", "order", "other"),
    *("directors", "countries", "languages", "keywords", "disjunctive_facets"),
]
PARAMETERS = st.dictionaries(
    st.sampled_from(PARAMETER_NAMES),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=20) | st.integers().map(str) | st.floats().map(str),
)


def assert_searched_or_refused(answer: Answer) -> None:
    if answer.status == 200:
        assert answer.json["search_id"]
        return
    listed = answer.json["errors"]
    assert answer.status in {415, 422}
    assert answer.headers["content-type"] == "application/problem+json"
    assert 1 <= len(listed) <= MOST_LISTED
    assert all(error["field"] and error["detail"] for error in listed)
    assert len(answer.body) < 10_000


@many
@given(body=BODIES)
def test_any_json_is_searched_or_refused_by_field(body: Any, api: Api) -> None:
    assert_searched_or_refused(api.request("POST", "/v1/search", text=json.dumps(body)))


@many
@given(text=st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_any_text_is_searched_or_refused_by_field(text: str, api: Api) -> None:
    assert_searched_or_refused(api.request("POST", "/v1/search", text=text))


@many
@given(query=PARAMETERS)
def test_any_parameters_are_searched_or_refused_by_name(query: dict[str, str], api: Api) -> None:
    assert_searched_or_refused(api.request("GET", "/v1/search", query=query))


def test_an_integer_may_be_written_with_a_point_as_json_schema_has_it(api: Api) -> None:
    filters = {"year_range": [1931.0, 1e4 - 1]}

    answer = api.post({"query": "*", "page": 1.0, "page_size": 2e0, "filters": filters})

    assert (answer.status, answer.json["page"], answer.json["page_size"]) == (200, 1, 2)
    for odd in (1.5, float("inf"), float("nan"), 1e300, -1.0):
        assert_problem(api.post({"query": "*", "page": odd}), 422, "page")
