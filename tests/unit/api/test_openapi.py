"""What the document says, and that it is the one that the routes make."""

import json
import re
from typing import Any

import pytest

from functions.search.app import OPENAPI_FILE
from tools import openapi


def test_the_described_api_is_the_one_that_the_routes_make() -> None:
    assert OPENAPI_FILE.read_text(encoding="utf-8") == openapi.current(), "run `make openapi`"


DOCUMENT: dict[str, Any] = json.loads(openapi.current())
OPERATIONS = [
    pytest.param(operation, id=f"{method} {path}")
    for path, operations in DOCUMENT["paths"].items()
    for method, operation in operations.items()
]


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_operation_says_how_the_gateway_and_a_failure_answer(operation: dict[str, Any]) -> None:
    responses = operation["responses"]

    assert set(responses) >= {"429", "431", "500", "503"}
    assert {"200", "202"} & set(responses)
    for status, response in responses.items():
        types = set(response["content"])
        assert types <= {"application/json", "application/problem+json"}
        if status != "413":  # the gateway's, and of one route ours
            assert ("application/problem+json" in types) == (status not in ("200", "202", "304", "429", "431"))


@pytest.mark.parametrize("operation", OPERATIONS)
def test_whoever_may_be_refused_for_a_token_is_told_what_is_missing(operation: dict[str, Any]) -> None:
    refusals = [response for status, response in operation["responses"].items() if status in ("401", "403")]

    assert bool(refusals) == ("security" in operation)
    assert all(response["headers"]["WWW-Authenticate"]["required"] for response in refusals)


def test_nothing_is_described_in_the_resolvers_own_form() -> None:
    assert "ValidationError" not in "".join(DOCUMENT["components"]["schemas"])
    assert "422" not in DOCUMENT["paths"]["/v1/health"]["get"]["responses"]


def parameter(path: str, name: str) -> dict[str, Any]:
    """A parameter of a GET."""
    found: dict[str, Any]
    (found,) = (one for one in DOCUMENT["paths"][path]["get"]["parameters"] if one["name"] == name)
    return found


PREVIEW_QUERY = re.compile(parameter("/v1/search/preview", "query")["schema"]["pattern"])
NAME = re.compile(DOCUMENT["components"]["schemas"]["Filters"]["properties"]["genres"]["items"]["pattern"])


@pytest.mark.parametrize(
    "text", ["", " ", "\t\n\x0b\x0c\r", "\x85\xa0", "\u1680\u2000\u200a\u2028\u2029\u202f\u205f\u3000"]
)
def test_white_space_alone_is_neither_a_previews_query_nor_a_name(text: str) -> None:
    assert not PREVIEW_QUERY.search(text)
    assert not NAME.search(text)


@pytest.mark.parametrize("text", ["a", " a ", "ß", "\u200b", "\ufeff", "🚀"])
def test_anything_to_be_seen_is_a_previews_query_and_a_name(text: str) -> None:
    assert PREVIEW_QUERY.search(text)
    assert NAME.search(text)


def test_control_characters_alone_are_no_query_of_a_preview() -> None:
    assert not PREVIEW_QUERY.search("\x00\x1f\x7f\x9f")


def test_a_search_needs_no_query_and_may_have_an_empty_one() -> None:
    by_get = parameter("/v1/search", "query")
    body = DOCUMENT["components"]["schemas"]["SearchRequest"]

    assert not by_get["required"]
    assert "required" not in body
    for schema in (by_get["schema"], body["properties"]["query"]):
        assert (schema["default"], schema["maxLength"]) == ("", 500)
        assert schema.keys().isdisjoint({"minLength", "pattern"})


@pytest.mark.parametrize("name", ["genres", "platforms", "directors", "countries", "languages", "keywords"])
def test_a_filter_by_names_is_described_alike_as_a_parameter_and_in_a_body(name: str) -> None:
    by_get = parameter("/v1/search", name)
    in_body = DOCUMENT["components"]["schemas"]["Filters"]["properties"][name]

    assert not by_get["required"]
    for schema in (by_get["schema"], in_body):
        assert (schema["type"], schema["maxItems"], schema["default"]) == ("array", 50, [])
        assert schema["items"]["maxLength"] == 100


def test_every_facet_is_described_both_ways_and_only_the_disjunctive_ones_may_be_null() -> None:
    schemas = DOCUMENT["components"]["schemas"]
    facets, disjunctive = schemas["Facets"]["properties"], schemas["DisjunctiveFacets"]["properties"]

    assert facets.keys() == disjunctive.keys()
    assert all(schema["type"] == "array" for schema in facets.values())
    assert all({"type": "null"} in schema["anyOf"] for schema in disjunctive.values())
