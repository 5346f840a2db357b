"""With an edge, only what comes through it is answered: by both functions, and before anything else is looked at."""

import hashlib
import logging
from typing import Any

import pytest
from pydantic import ValidationError

from discovery.api.gateway_event import respond
from discovery.api.origin import ORIGIN_HEADER, OriginGate
from discovery.settings.access import OriginSettings
from functions.invalidation import app as invalidation_function
from functions.search import app as search_function
from tests.conftest import Counted
from tests.events import FakeContext, http_event
from tests.functional.client import Api, assert_problem

SECRET, OTHER = "s3cret" * 8, "0ther" * 8
ROUTES = [
    ("GET", "/v1/search"),
    ("POST", "/v1/search"),
    ("GET", "/v1/search/preview"),
    ("GET", "/v1/suggest"),
    ("GET", "/v1/health"),
    ("GET", "/docs"),
    ("GET", "/openapi.json"),
    ("GET", "/nowhere"),
]
INVALIDATIONS = [("DELETE", "/v1/users/ana/personalization-cache"), ("DELETE", "/v1/personalization-cache")]


def gate(*secrets: str) -> OriginGate:
    digests = ",".join(hashlib.sha256(secret.encode()).hexdigest() for secret in secrets)
    return OriginGate(OriginSettings(secret_sha256=digests))


def unused() -> Any:
    raise AssertionError("a request that is not let in must not reach the service")


def api(*secrets: str, service: Any = unused) -> Api:
    return Api(search_function.make_handler(service, lambda: gate(*secrets)))


def event(method: str, path: str, secret: str | None, header: str = ORIGIN_HEADER) -> dict[str, Any]:
    made = http_event(method, path)
    if secret is not None:
        made["headers"][header] = secret
    return made


@pytest.mark.parametrize("sent", [None, "", OTHER, SECRET[:-1], SECRET.upper(), "ä"])
@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_a_search_that_did_not_come_through_the_edge_is_refused(method: str, path: str, sent: str | None) -> None:
    assert_problem(api(SECRET).send(event(method, path, sent)), 403)


@pytest.mark.parametrize(("method", "path"), INVALIDATIONS)
def test_so_is_an_invalidation(method: str, path: str) -> None:
    function = Api(invalidation_function.make_handler(unused, lambda: gate(SECRET)))
    assert_problem(function.send(event(method, path, OTHER)), 403)


def test_a_large_body_is_refused_for_where_it_came_from() -> None:
    large = event("POST", "/v1/search", None) | {"body": "x" * 100_000}
    assert_problem(api(SECRET).send(large), 403)


@pytest.mark.parametrize("header", [ORIGIN_HEADER, "X-Discovery-Origin"])
@pytest.mark.parametrize("secret", [SECRET, OTHER])
def test_each_known_secret_lets_in_while_one_replaces_another(secret: str, header: str) -> None:
    answer = api(SECRET, OTHER).send(event("GET", "/openapi.json", secret, header))
    assert answer.status == 200


def test_without_an_edge_the_header_says_nothing() -> None:
    assert api().send(event("GET", "/openapi.json", None)).status == 200
    assert api().send(event("GET", "/openapi.json", OTHER)).status == 200


def test_events_of_eventbridge_need_no_secret(counted: Counted) -> None:
    handler: Any = invalidation_function.make_handler(unused, lambda: gate(SECRET))
    assert handler({"source": "nobody", "detail-type": "nothing"}, FakeContext()) is None
    assert counted()["EventIgnored"] == 1


def test_the_secret_is_in_no_line_of_the_log_and_reaches_no_route(
    caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    seen: list[dict[str, str]] = []

    class Resolver:
        def resolve(self, readable: dict[str, Any], _: object) -> dict[str, Any]:
            seen.append(readable["headers"])
            return {}

    resolver: Any = Resolver()
    context: Any = FakeContext()
    with caplog.at_level(logging.DEBUG):
        respond(resolver, event("GET", "/docs", SECRET), context, gate(SECRET))
        api(OTHER).send(event("GET", "/docs", SECRET))

    assert ORIGIN_HEADER not in seen[0]
    assert "it did not come through the edge" in {getattr(record, "reason", None) for record in caplog.records}
    logged = capsys.readouterr().out + "".join(str(record.__dict__) for record in caplog.records)
    assert SECRET not in logged
    assert hashlib.sha256(SECRET.encode()).hexdigest() not in logged


def test_a_refusal_is_counted(counted: Counted) -> None:
    api(SECRET).send(event("GET", "/docs", None))
    assert counted()["OriginRefused"] == 1


@pytest.mark.parametrize("value", ["secret", "ab" * 31, "AB" * 32, f"{'ab' * 32};{'cd' * 32}"])
def test_what_is_no_list_of_hashes_is_refused_as_a_setting(value: str) -> None:
    with pytest.raises(ValidationError):
        OriginSettings(secret_sha256=value)
