"""Global Privacy Control, over all routes that could personalize."""

import json
from typing import Any

import pytest

from discovery.observability import logger
from tests import tokens
from tests.functional.client import Answer, Api

BROAD = "space sea crime love food war fear games family music"
ANA = tokens.token("ana")
READER = tokens.token("ana", scope="personalization:read")
OPERATOR = tokens.token("olga", scope="personalization:read")


def search(api: Api, value: str = "1", *, token: str | None = ANA, name: str = "Sec-GPC") -> Answer:
    return api.request("GET", "/v1/search", query={"query": BROAD}, token=token, headers={name: value})


def search_with_body(api: Api, value: str = "1") -> Answer:
    return api.request("POST", "/v1/search", body={"query": BROAD}, token=ANA, headers={"sec-gpc": value})


def preview(api: Api, user_id: str, token: str) -> Answer:
    query = {"query": BROAD, "user_id": user_id}
    return api.request("GET", "/v1/search/preview", query=query, token=token, headers={"sec-gpc": "1"})


def said(answer: Answer) -> tuple[str, str | None]:
    block = answer.json["personalization"]
    return block["status"], block["reason"]


@pytest.mark.parametrize("ask", [search, search_with_body])
def test_a_search_that_refuses_looks_nobody_up(ask: Any, api: Api) -> None:
    answer = ask(api)

    assert (answer.status, said(answer)) == (200, ("skipped", "global_privacy_control"))
    assert answer.ids == search(api, token=None).ids
    assert (api.cache.reads, api.sona.asked) == (0, [])


@pytest.mark.parametrize("value", ["0", "", "1, 1", "true"])
def test_another_value_changes_nothing_and_is_no_error(value: str, api: Api) -> None:
    assert (said(search(api, value)), said(search_with_body(api, value))) == (("applied", None), ("applied", None))


def test_the_headers_name_is_found_whatever_its_case(api: Api) -> None:
    assert [said(search(api, name=name))[1] for name in ("sec-gpc", "SEC-GPC")] == ["global_privacy_control"] * 2


def test_an_anonymous_search_is_anonymous_all_the_same(api: Api) -> None:
    assert said(search(api, token=None)) == ("skipped", "anonymous")


def test_it_lasts_for_one_request(api: Api) -> None:
    search(api)

    assert api.get(query=BROAD, token=ANA).json["personalization"]["status"] == "applied"


def test_a_search_that_refuses_leaves_no_exposure_and_no_hash(
    api: Api, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level("INFO", logger.name)

    search(api)

    (line,) = [vars(record) for record in caplog.records if record.getMessage() == "searched"]
    assert (line["user"], line["reason"]) == (None, "global_privacy_control")
    assert "discovery.exposure" not in capsys.readouterr().out


@pytest.mark.parametrize("user_id", ["me", "ana"])
def test_a_preview_of_oneself_is_refused_alike(user_id: str, api: Api) -> None:
    answer = preview(api, user_id, READER)

    assert (answer.json["scores"]["reason"], answer.json["user"]) == ("global_privacy_control", None)
    assert (api.cache.reads, api.sona.asked) == (0, [])


def test_who_previews_somebody_else_does_not_refuse_for_them(api: Api) -> None:
    assert preview(api, "ana", OPERATOR).json["scores"]["status"] == "applied"


def test_nor_is_it_written_down_who_asked(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", logger.name)

    preview(api, "me", READER)
    preview(api, "ana", OPERATOR)

    own, anothers = [vars(record) for record in caplog.records if record.getMessage() == "previewed"]
    assert (own["user"], own["caller"]) == (None, None)
    assert anothers["caller"] not in (None, anothers["user"])


def test_openapi_describes_the_header(api: Api) -> None:
    paths = json.loads(api.request("GET", "/openapi.json").body)["paths"]

    described = {
        (path, method)
        for path, methods in paths.items()
        for method, operation in methods.items()
        for parameter in operation.get("parameters", [])
        if (parameter["in"], parameter["name"].lower()) == ("header", "sec-gpc") and not parameter.get("required")
    }
    assert described == {
        ("/v1/search", "get"),
        ("/v1/search", "post"),
        ("/v1/search/preview", "get"),
        ("/v1/events", "post"),
    }
