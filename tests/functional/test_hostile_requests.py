"""What can't be read is refused: the answer is a 4xx, small, and nothing of it counts as a defect of ours."""

import base64
import copy
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from discovery.api.requests import MAX_BODY_BYTES, MAX_NAMES
from tests import tokens
from tests.conftest import Counted
from tests.events import FakeContext, http_event
from tests.functional.client import Answer, Api, assert_problem

FORM = '--x\r\nContent-Disposition: form-data; name="query"\r\n\r\nalien\r\n--x--\r\n'
BINARY_FORM = base64.b64encode(FORM.encode() + b"\xff\xfe").decode()
MANY_DIGITS = "9" * 5_000
V1_EVENT = {
    "version": "1.0",
    "resource": "/v1/search",
    "path": "/v1/search",
    "httpMethod": "GET",
    "headers": {"host": "api.example.com"},
    "queryStringParameters": {"query": "alien"},
    "requestContext": {"httpMethod": "GET", "path": "/v1/search", "stage": "$default", "requestId": "test="},
    "body": None,
    "isBase64Encoded": False,
}
ALB_EVENT = {
    "requestContext": {
        "elb": {"targetGroupArn": "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/a/b"}
    },
    "httpMethod": "GET",
    "path": "/v1/search",
    "queryStringParameters": {"query": "alien"},
    "headers": {"host": "lb.example.com"},
    "body": "",
    "isBase64Encoded": False,
}


@pytest.fixture(autouse=True)
def _nothing_counts_as_a_defect(caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]) -> Iterator[None]:
    """No metric of a defect and no log line of level error: nobody is woken for what a stranger sent."""
    yield
    assert "UnhandledError" not in capsys.readouterr().out
    assert not [record for record in caplog.get_records("call") if record.levelno >= logging.ERROR]


def search(api: Api, text: str, content_type: str = "application/json", **changes: Any) -> Answer:
    return api.send(http_event("POST", "/v1/search", text=text, headers={"content-type": content_type}) | changes)


@pytest.mark.parametrize(
    "text",
    [
        f'{{"query": "a", "page": {MANY_DIGITS}}}',
        f'{{"query": "a", "filters": {{"year_range": [-{MANY_DIGITS}, null]}}}}',
        MANY_DIGITS,
        *("[" * depth + "]" * depth for depth in (1, 500, 950, 1_000, 20_000)),
        '[{"query": "alien"}]',
    ],
    ids=lambda text: text[:30],
)
def test_a_body_that_can_not_be_read_is_refused(text: str, api: Api) -> None:
    assert_problem(search(api, text), 422, "body")


@pytest.mark.parametrize(
    ("field", "body"),
    [
        ("page", f'{{"query": "a", "page": {"9" * 4_000}}}'),
        ("filters.rating_range.0", f'{{"query": "a", "filters": {{"rating_range": [{"9" * 4_000}, null]}}}}'),
        ("filters", f'{{"query": "a", "filters": {"[" * 900 + "]" * 900}}}'),
        ("body", '{"query": "a", "\\ud800": 1}'),
        ("filters.genres.0", '{"query": "a", "filters": {"genres": ["\\ud800"]}}'),
    ],
    ids=lambda text: text[:30],
)
def test_an_odd_value_that_can_be_read_is_refused_by_name(field: str, body: str, api: Api) -> None:
    assert_problem(search(api, body), 422, field)


@pytest.mark.parametrize("parameter", ["page", "page_size", "year_min", "rating_max"])
def test_a_parameter_of_thousands_of_digits_is_refused_by_name(parameter: str, api: Api) -> None:
    assert_problem(api.get(query="a", **{parameter: MANY_DIGITS}), 422, parameter)


@pytest.mark.parametrize(
    "content_type",
    [
        "multipart/form-data",
        "multipart/form-data; boundary=x",
        "Multipart/Form-Data; boundary=x",
        "application/x-www-form-urlencoded",
        "application/jsonp",
        "text/plain",
        ";",
    ],
)
@pytest.mark.parametrize(
    ("text", "is_base64"),
    [(FORM, False), (BINARY_FORM, True), ("é\x00", False), ("", False), ('{"query": "a"}', False)],
)
def test_every_content_type_but_json_is_415_whatever_the_body(
    text: str, is_base64: bool, content_type: str, api: Api
) -> None:
    assert_problem(search(api, text, content_type, isBase64Encoded=is_base64), 415)


@pytest.mark.parametrize(
    "content_type", ["application/json", "APPLICATION/JSON; charset=utf-8", " application/json;", ""]
)
def test_json_is_json_whatever_the_case_and_the_parameters_of_its_type(content_type: str, api: Api) -> None:
    assert search(api, '{"query": "alien"}', content_type).status == 200


def test_a_missing_content_type_is_taken_for_json(api: Api) -> None:
    event = http_event("POST", "/v1/search", text='{"query": "alien"}')
    del event["headers"]["content-type"]

    assert api.send(event).status == 200


def test_the_content_type_of_a_request_without_a_body_is_of_no_account(api: Api) -> None:
    event = http_event("GET", "/v1/search", query={"query": "alien"}, headers={"content-type": "multipart/form-data"})

    assert api.send(event).status == 200


def test_a_list_that_is_too_long_is_refused_before_its_items_are_read(api: Api) -> None:
    genres = ",".join("0" * (MAX_BODY_BYTES // 2 - 100))

    answer = search(api, f'{{"query": "a", "filters": {{"genres": [{genres}]}}}}')

    assert_problem(answer, 422, "filters.genres")
    assert len(answer.body) < 500


def test_of_many_errors_the_first_twenty_are_listed_and_all_are_counted(api: Api) -> None:
    answer = api.post({"query": "a", "filters": {"genres": [0] * MAX_NAMES}})

    assert answer.status == 422
    assert answer.json["detail"] == "the request is not valid: 50 errors, of which the first 20 are listed"
    assert [error["field"] for error in answer.json["errors"]] == [f"filters.genres.{place}" for place in range(20)]


def test_long_input_is_not_echoed(api: Api) -> None:
    unknown_field = api.post({"query": "a", "k" * 60_000: 0})
    unknown_path = api.request("GET", "/v1/" + "x" * 9_000)

    assert (unknown_field.status, unknown_path.status) == (422, 404)
    assert unknown_field.json["errors"][0]["field"].startswith("kkkk")
    assert len(unknown_field.body) < 500
    assert len(unknown_path.body) < 500


@pytest.mark.parametrize("event", [V1_EVENT, ALB_EVENT], ids=["format 1.0", "load balancer"])
@pytest.mark.parametrize("function", ["api", "invalidation"])
def test_a_request_of_another_format_is_refused(
    function: str, event: dict[str, Any], request: pytest.FixtureRequest
) -> None:
    assert_problem(request.getfixturevalue(function).send(copy.deepcopy(event)), 400)


@pytest.mark.parametrize("event", [None, [], ["requestContext"], "requestContext", 7, {}, {"version": "2.0"}], ids=repr)
def test_what_is_no_request_is_refused_by_the_search_function(event: Any, api: Api) -> None:
    assert_problem(api.send(event), 400)


@pytest.mark.parametrize("event", [None, [], ["requestContext"], "requestContext", 7, {}, {"version": "2.0"}], ids=repr)
def test_what_is_neither_request_nor_event_is_ignored_by_the_invalidation_function(
    event: Any, invalidation: Api, counted: Counted
) -> None:
    assert invalidation.handler(event, FakeContext()) is None
    assert counted()["EventIgnored"] == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"version": None},
        {"version": "3.0"},
        {"requestContext": {}},
        {"requestContext": None},
        {"requestContext": {"http": None, "stage": "$default"}},
        {"requestContext": {"http": {"method": 7}, "stage": "$default"}},
        {"rawPath": None},
        {"rawPath": "/v1/\ud800"},
        {"headers": ["host"]},
        {"headers": {"content-type": None}},
        {"queryStringParameters": {"query": None}},
        {"queryStringParameters": "query=alien"},
        {"pathParameters": {"user_id": 7}},
        {"body": 7},
        {"body": "\ud800"},
    ],
    ids=str,
)
@pytest.mark.parametrize("function", ["api", "invalidation"])
def test_a_malformed_request_is_refused(function: str, changes: Any, request: pytest.FixtureRequest) -> None:
    event = http_event("GET", "/v1/search", query={"query": "alien"}) | changes

    assert_problem(request.getfixturevalue(function).send(event), 400)


def test_a_token_of_deeply_nested_or_endless_json_is_401(api: Api) -> None:
    for inner in ("[" * 7_000, "[" * 7_000 + "]" * 7_000, MANY_DIGITS):
        header = base64.urlsafe_b64encode(f'{{"alg": "RS256", "kid": "{tokens.KEY_ID}", "a": {inner}}}'.encode())
        assert_problem(api.get(query="alien", token=f"{header.decode().rstrip('=')}.e30.e30"), 401)


def test_415_is_described_for_the_search_with_a_body(api: Api) -> None:
    paths = json.loads(api.request("GET", "/openapi.json").body)["paths"]

    assert "415" in paths["/v1/search"]["post"]["responses"]
    assert "415" not in paths["/v1/search"]["get"]["responses"]
