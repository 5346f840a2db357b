"""Where the issuer's keys can't be fetched no token can be judged: that is our failure, not the caller's."""

import json

import pytest

from discovery.settings.access import AuthSettings
from tests import tokens
from tests.functional.client import Api, assert_problem


@pytest.fixture
def auth(unused_tcp_port: int) -> AuthSettings:
    """Of an issuer that can't be reached."""
    nobody = f"https://127.0.0.1:{unused_tcp_port}/keys"
    return tokens.settings().model_copy(update={"jwks": None, "jwks_uri": nobody})


def test_an_issuer_that_can_not_be_reached_is_a_503(invalidation: Api) -> None:
    answer = invalidation.request("DELETE", "/v1/users/me/personalization-cache", token=tokens.token("ana"))

    assert_problem(answer, 503)
    assert answer.headers["retry-after"] == "5"


@pytest.mark.parametrize(
    ("path", "query"), [("/v1/search", {"query": "alien"}), ("/v1/search/preview", {"query": "alien", "user_id": "me"})]
)
def test_a_search_with_a_token_that_nobody_can_judge_is_a_503_too(path: str, query: dict[str, str], api: Api) -> None:
    assert_problem(api.request("GET", path, query=query, token=tokens.token("ana")), 503)
    assert "503" in json.loads(api.request("GET", "/openapi.json").body)["paths"][path]["get"]["responses"]
