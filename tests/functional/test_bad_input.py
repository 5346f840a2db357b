"""Bad input: the status, the field that is named, and never a stack trace."""

import base64
import json
from typing import Any

import pytest

from discovery.api.requests import MAX_BODY_BYTES
from discovery.composition.search import SearchService
from functions.search.app import make_handler
from tests import tokens
from tests.events import http_event
from tests.functional.client import Api, assert_problem


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("query", {"query": "a" * 501}),
        ("query", {"query": " " * 501}),
        ("page", {"page": "0"}),
        ("page", {"page": "-1"}),
        ("page", {"page": "one"}),
        ("page", {"page": "1.5"}),
        ("page_size", {"page_size": "0"}),
        ("page_size", {"page_size": "101"}),
        ("page_size", {"page_size": "many"}),
        ("experiment_variant", {"experiment_variant": "High Boost"}),
        ("experiment_variant", {"experiment_variant": "../control"}),
        ("experiment_variant", {"experiment_variant": ""}),
        ("experiment_variant", {"experiment_variant": "a" * 65}),
        ("year_min", {"year_min": "2000", "year_max": "1990"}),
        ("year_min", {"year_min": "early"}),
        ("year_max", {"year_max": "1e3000"}),
        ("rating_min", {"rating_min": "9", "rating_max": "8"}),
        ("rating_max", {"rating_max": "11"}),
        ("rating_min", {"rating_min": "NaN"}),
        ("max_content_rating", {"max_content_rating": "X"}),
        ("explain", {"explain": "maybe"}),
        ("disjunctive_facets", {"disjunctive_facets": "maybe"}),
        ("directors.0", {"directors": "a" * 101}),
        ("keywords.0", {"keywords": " "}),
        ("sort", {"sort": "length"}),
        ("sort", {"sort": ""}),
        ("order", {"order": "up"}),
    ],
)
def test_a_bad_parameter_is_refused_by_name(field: str, changes: dict[str, str], api: Api) -> None:
    assert_problem(api.get(**{"query": "alien"} | changes), 422, field)


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("query", {"query": "a" * 501}),
        ("query", {"query": 7}),
        ("query", {"query": None}),
        ("page", {"page": 0}),
        ("page", {"page": 10**30}),
        ("page_size", {"page_size": 101}),
        ("experiment_variant", {"experiment_variant": "High Boost"}),
        ("filters.year_range", {"filters": {"year_range": [2000, 1990]}}),
        ("filters.year_range.0", {"filters": {"year_range": ["early", 1990]}}),
        ("filters.rating_range", {"filters": {"rating_range": [9, 8]}}),
        ("filters.rating_range.1", {"filters": {"rating_range": [9, 11]}}),
        ("filters.genres", {"filters": {"genres": "Drama"}}),
        ("filters.genre", {"filters": {"genre": ["Drama"]}}),
        ("filters.director", {"filters": {"director": ["Ridley Scott"]}}),
        ("filters.countries", {"filters": {"countries": ["France"] * 51}}),
        ("filters.languages.0", {"filters": {"languages": [" "]}}),
        ("filters.keywords.0", {"filters": {"keywords": ["a" * 101]}}),
        ("size", {"size": 7}),
        ("sort", {"sort": "YEAR"}),
        ("sort", {"sort": None}),
        ("order", {"order": "descending"}),
        ("order", {"order": 1}),
        ("filters", {"filters": []}),
    ],
)
def test_a_bad_or_unknown_field_of_a_body_is_refused_by_name(field: str, changes: dict[str, Any], api: Api) -> None:
    assert_problem(api.post({"query": "alien"} | changes), 422, field)


@pytest.mark.parametrize("text", ["{", "alien", "", "\x00", "[" * 5_000, '{"query": ' * 5_000, '{"query": "\\ud8'])
def test_a_body_that_is_no_json_is_refused(text: str, api: Api) -> None:
    assert_problem(api.request("POST", "/v1/search", text=text), 422, "body")


@pytest.mark.parametrize("text", ["[]", "7", "null", '"alien"'])
def test_a_body_that_is_no_object_is_refused(text: str, api: Api) -> None:
    assert api.request("POST", "/v1/search", text=text).status == 422


def test_a_post_without_a_body_is_refused(api: Api) -> None:
    assert_problem(api.request("POST", "/v1/search"), 422, "body")


def test_a_body_over_64_kb_is_refused_unparsed(api: Api) -> None:
    text = json.dumps({"query": "alien"}) + " " * MAX_BODY_BYTES

    assert_problem(api.request("POST", "/v1/search", text=text), 422, "body")


@pytest.mark.parametrize("body", ["not base64!", "abc", base64.b64encode(b"\xff\xfe").decode()])
def test_a_binary_body_that_holds_no_json_is_refused(body: str, api: Api) -> None:
    event = http_event("POST", "/v1/search", text=body) | {"isBase64Encoded": True}

    assert_problem(api.send(event), 422, "body")


def test_a_binary_body_that_holds_json_is_a_body_like_any_other(api: Api) -> None:
    text = base64.b64encode(json.dumps({"query": "alien"}).encode()).decode()

    answer = api.send(http_event("POST", "/v1/search", text=text) | {"isBase64Encoded": True})

    assert answer.ids == api.post({"query": "alien"}).ids


def test_another_content_type_is_refused(api: Api) -> None:
    answer = api.request("POST", "/v1/search", text="query=alien", headers={"content-type": "text/plain"})

    assert answer.status in (415, 422)
    assert answer.headers["content-type"] == "application/problem+json"


def test_an_unknown_path_is_404(api: Api) -> None:
    assert_problem(api.request("GET", "/v2/search"), 404)


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/v1/search", "GET, POST"),
        ("PUT", "/v1/search", "GET, POST"),
        ("POST", "/v1/health", "GET"),
        ("POST", "/v1/suggest", "GET"),
        ("GET", "/v1/users/ana/personalization-cache", "DELETE"),
    ],
)
def test_a_wrong_method_is_405_and_says_which_are_right(method: str, path: str, allowed: str, api: Api) -> None:
    answer = api.request(method, path)

    assert_problem(answer, 405)
    assert answer.headers["allow"] == allowed


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Bearer",
        "Bearer abc",
        "Basic YTpi",
        f"Bearer {tokens.token(exp=1)}",
        f"Bearer {tokens.token(aud='elsewhere')}",
        f"Bearer {tokens.sign(tokens.claims(), kid=None)}",
        f"Bearer {tokens.sign(tokens.claims(), key=tokens.private_key('another'))}",
    ],
)
def test_a_token_that_can_not_be_accepted_is_401_and_never_anonymous(authorization: str, api: Api) -> None:
    event = http_event("GET", "/v1/search", query={"query": "alien"}, headers={"authorization": authorization})

    answer = api.send(event)

    assert_problem(answer, 401)
    assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    "query",
    [
        "alien\x00\x1b[31m\x07",
        "🎬👽",
        "فيلم رعب",
        "\u202eneila",
        "(" * 250 + "alien" + ")" * 245,
        "(" * 500,
        'title:alien AND "',
        "alien~2^9 OR *:* NOT [1 TO",
        "*3\r\n$3\r\nSET\r\n$6\r\npolicy\r\n$1\r\nx\r\n",
        "{epoch}:*",
        "'; DROP TABLE films; --",
        "<script>alert(1)</script>",
        "%00%ff",
        "\\",
        "the good, the bad & the ugly",
    ],
)
def test_an_odd_query_is_still_a_search(query: str, api: Api) -> None:
    assert api.get(query=query).status == 200
    assert api.post({"query": query}, token=tokens.token("ana")).status == 200


def test_lone_surrogates_in_json_are_no_reason_to_break(api: Api) -> None:
    assert api.request("POST", "/v1/search", text='{"query": "alien \\ud800"}').status in (200, 422)


def test_an_error_that_nobody_expects_is_a_500_that_tells_nothing() -> None:
    def broken() -> SearchService:
        raise RuntimeError("secret/path.py")

    answer = Api(make_handler(broken)).get(query="alien")

    assert_problem(answer, 500)
    assert "secret" not in answer.body
