"""What the search function says of itself: its health, the API's description, and the page that shows it."""

import base64
import gzip
import hashlib
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver

from discovery.api.openapi import swagger_page
from discovery.catalogue.bundle import Catalogue
from search_routes.docs import add_routes
from tests.catalogues import CONTENTS
from tests.events import FakeContext, http_event
from tests.functional.client import Api


def test_health_says_what_this_environment_serves(api: Api, catalogue: Catalogue) -> None:
    answer = api.request("GET", "/v1/health")

    assert answer.status == 200
    assert (answer.json["status"], answer.json["stage"], answer.json["policy_version"]) == ("ok", "test", "default")
    assert answer.json["catalogue"]["count"] == len(CONTENTS)
    assert answer.json["catalogue"]["bundle"] == catalogue.bundle


def test_the_openapi_document_lists_the_routes_of_all_functions(api: Api) -> None:
    answer = api.request("GET", "/openapi.json")

    routes = {(method, path) for path, methods in answer.json["paths"].items() for method in methods}
    assert answer.headers["content-type"] == "application/json"
    assert routes == {
        ("get", "/v1/search"),
        ("post", "/v1/search"),
        ("get", "/v1/search/preview"),
        ("get", "/v1/suggest"),
        ("get", "/v1/health"),
        ("post", "/v1/events"),
        ("get", "/v1/experiments/{name}/results"),
        ("delete", "/v1/users/{user_id}/personalization-cache"),
        ("delete", "/v1/personalization-cache"),
    }


def test_the_swagger_page_loads_nothing_from_elsewhere(api: Api) -> None:
    answer = api.request("GET", "/docs")

    assert answer.status == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert "/v1/search" in answer.body
    assert 'src="http' not in answer.body


def docs(api: Api, path: str, **headers: str) -> dict[str, Any]:
    """What the function returns to API Gateway, with the names of headers in lower case."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    response: dict[str, Any] = api.handler(http_event("GET", path, headers=sent), FakeContext())
    return response | {"headers": {name.lower(): value for name, value in response["headers"].items()}}


PATHS = pytest.mark.parametrize("path", ["/openapi.json", "/docs"])


@PATHS
@pytest.mark.parametrize("accepted", ["gzip", "br, GZIP;q=0.5", "gzip;q=1.0, *;q=0"])
def test_a_client_that_accepts_gzip_gets_it(api: Api, path: str, accepted: str) -> None:
    plain, compressed = docs(api, path), docs(api, path, accept_encoding=accepted)

    assert (plain["isBase64Encoded"], compressed["isBase64Encoded"]) == (False, True)
    assert compressed["headers"]["content-encoding"] == "gzip"
    assert gzip.decompress(base64.b64decode(compressed["body"])).decode() == plain["body"]
    assert len(compressed["body"]) < len(plain["body"]) / 2


@PATHS
@pytest.mark.parametrize("accepted", ["", "identity", "gzip;q=0", "gzip; q=0.000, br", "x-gzip"])
def test_a_client_that_does_not_accept_gzip_gets_text(api: Api, path: str, accepted: str) -> None:
    answer = docs(api, path, accept_encoding=accepted)

    assert "content-encoding" not in answer["headers"]
    assert not answer["isBase64Encoded"]


@PATHS
@pytest.mark.parametrize("accepted", ["gzip", "identity"])
@pytest.mark.parametrize("kept", ["{}", "W/{}", '"other", {}', "*"])
def test_a_client_that_has_it_already_is_told_so_without_a_body(api: Api, path: str, accepted: str, kept: str) -> None:
    first = docs(api, path, accept_encoding=accepted)
    tag = first["headers"]["etag"]

    again = docs(api, path, accept_encoding=accepted, if_none_match=kept.format(tag))

    assert re.fullmatch('"[^"]+"', tag)
    assert (again["statusCode"], again.get("body") or "") == (304, "")
    named = ["etag", "cache-control", "vary"]
    assert [again["headers"][name] for name in named] == [first["headers"][name] for name in named]
    assert first["headers"]["vary"] == "Accept-Encoding"
    assert "max-age" in first["headers"]["cache-control"]


@PATHS
def test_each_encoding_has_a_tag_of_its_own_and_another_tag_is_no_match(api: Api, path: str) -> None:
    tag = docs(api, path)["headers"]["etag"]

    other = docs(api, path, accept_encoding="gzip", if_none_match=tag)

    assert other["statusCode"] == 200
    assert other["headers"]["etag"] != tag


def test_both_are_made_once_at_their_first_use(tmp_path: Path) -> None:
    app, file = APIGatewayHttpResolver(), tmp_path / "openapi.json"
    add_routes(app, file)
    file.write_text('{"first": 1}')
    first = {path: app.resolve(http_event("GET", path), FakeContext()) for path in ("/openapi.json", "/docs")}

    file.unlink()

    assert "first" in first["/docs"]["body"]
    for path, answer in first.items():
        assert app.resolve(http_event("GET", path), FakeContext()) == answer


def inline(page: str, element: str) -> list[str]:
    """The hash sources of a page's elements, as a browser's parser sees them."""

    class Texts(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.found: list[str] = []
            self.inside = False

        def handle_starttag(self, tag: str, _: object) -> None:
            self.inside = tag == element
            self.found += [""] if self.inside else []

        def handle_endtag(self, _: str) -> None:
            self.inside = False

        def handle_data(self, data: str) -> None:
            if self.inside:
                self.found[-1] += data

    parser = Texts()
    parser.feed(page)
    return [f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" for text in parser.found]


def test_the_swagger_page_may_run_nothing_but_its_own_scripts_and_ask_nobody_but_its_host(api: Api) -> None:
    answer = docs(api, "/docs")

    policy = dict(part.split(" ", 1) for part in answer["headers"]["content-security-policy"].split("; "))
    assert policy.pop("script-src").split() == inline(answer["body"], "script")
    assert policy.pop("style-src").split() == inline(answer["body"], "style")
    assert policy.pop("img-src") == "data:"
    assert policy.pop("connect-src") == "'self'"
    assert set(policy) == {"default-src", "base-uri", "form-action", "frame-ancestors"}
    assert set(policy.values()) == {"'none'"}


@PATHS
def test_neither_is_sniffed_or_named_to_others(api: Api, path: str) -> None:
    headers = docs(api, path)["headers"]

    assert (headers["x-content-type-options"], headers["referrer-policy"]) == ("nosniff", "no-referrer")


def test_the_swagger_page_keeps_no_token(api: Api) -> None:
    assert "persistAuthorization: false" in docs(api, "/docs")["body"]


def test_the_document_cannot_end_the_script_that_holds_it() -> None:
    page = swagger_page('{"title": "</script><script>alert(1)</script>"}')

    assert "</script><script>alert" not in page
