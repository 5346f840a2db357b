"""Suggestions while somebody types: what is answered, to whom, and for how long it may be kept."""

import json
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from discovery.catalogue.bundle import Catalogue
from discovery.observability import logger
from discovery.settings.people import PrivacySettings
from discovery.settings.settings import Settings
from functions.search import app as search_function
from tests import tokens
from tests.functional.client import Answer, Api, assert_problem
from tests.services import search_service

PATH = "/v1/suggest"


def suggest(api: Api, prefix: str | None = None, *, token: str | None = None, tag: str = "", **query: str) -> Answer:
    asked = query if prefix is None else {"prefix": prefix} | query
    return api.request("GET", PATH, query=asked, token=token, headers={"if-none-match": tag} if tag else {})


def test_suggestions_have_their_kind_and_titles_what_opens_them(api: Api, catalogue: Catalogue) -> None:
    answer = suggest(api, "  Wa ")

    assert answer.status == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.json == {
        "prefix": "Wa",
        "catalogue": catalogue.bundle,
        "corrected": None,
        "suggestions": [
            {"kind": "title", "text": "Star Wars", "content_id": "star-wars-1977", "release_year": 1977},
            {"kind": "title", "text": "WALL·E", "content_id": "wall-e-2008", "release_year": 2008},
            {"kind": "genre", "text": "War"},
        ],
    }


def test_a_correction_is_told(api: Api) -> None:
    answer = suggest(api, "Pacinno")

    assert answer.json["corrected"] == {"from": "Pacinno", "to": "pacino"}
    assert answer.json["suggestions"] == [{"kind": "person", "text": "Al Pacino"}]


@pytest.mark.parametrize("prefix", ["qqqq", "!?", "🚀"])
def test_nothing_to_suggest_is_an_answer_too(api: Api, catalogue: Catalogue, prefix: str) -> None:
    answer = suggest(api, prefix).json

    assert (answer["prefix"], answer["catalogue"]) == (prefix, catalogue.bundle)
    assert (answer["corrected"], answer["suggestions"]) == (None, [])


def test_the_limit_is_one_for_each_kind_and_five_by_default(api: Api) -> None:
    def kinds(**query: str) -> list[str]:
        return [one["kind"] for one in suggest(api, "a", **query).json["suggestions"]]

    assert kinds(limit="1") == ["title", "person", "genre"]
    assert kinds() == kinds(limit="5")
    assert len(kinds(limit="20")) >= len(kinds())


@pytest.mark.parametrize("prefix", [None, "", "   ", "\x00\t", "a" * 101])
def test_a_prefix_that_is_missing_empty_or_too_long_is_refused(api: Api, prefix: str | None) -> None:
    assert_problem(suggest(api, prefix), 422, "prefix")


@pytest.mark.parametrize("limit", ["0", "21", "-1", "many", "1.5", ""])
def test_a_limit_that_is_no_number_from_1_to_20_is_refused(api: Api, limit: str) -> None:
    assert_problem(suggest(api, "a", limit=limit), 422, "limit")


def test_answers_may_be_kept_by_anybody_for_five_minutes(api: Api) -> None:
    answer = suggest(api, "alien")

    assert answer.headers["cache-control"] == "public, max-age=300"
    assert re.fullmatch('"[0-9a-f]{64}"', answer.headers["etag"])


@pytest.mark.parametrize("kept", ["{}", "W/{}", '"other", {}', "*"])
def test_a_client_that_has_it_already_is_told_so_without_a_body(api: Api, kept: str) -> None:
    first = suggest(api, "alien")

    again = suggest(api, "alien", tag=kept.format(first.headers["etag"]))

    assert (again.status, again.body) == (304, "")
    assert [again.headers[name] for name in ("etag", "cache-control")] == [
        first.headers[name] for name in ("etag", "cache-control")
    ]


def test_another_prefix_or_limit_has_another_tag(api: Api) -> None:
    tags = {suggest(api, *asked).headers["etag"] for asked in (["a"], ["al"])} | {
        suggest(api, "a", limit="1").headers["etag"]
    }

    assert len(tags) == 3
    assert suggest(api, "a", tag=suggest(api, "al").headers["etag"]).status == 200


@pytest.mark.parametrize("token", [None, "no-token", tokens.token("ana")])
def test_everybody_gets_the_same_and_nobody_is_looked_up(api: Api, token: str | None) -> None:
    answer = suggest(api, "alien", token=token)

    assert answer.body == suggest(api, "alien").body
    assert (api.cache.reads, api.sona.asked) == (0, [])


def test_what_is_typed_is_counted_and_timed_and_written_nowhere(
    catalogue: Catalogue, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level("DEBUG", logger.name)
    service = search_service(catalogue, Settings(privacy=PrivacySettings(log_queries=True)))
    api = Api(search_function.make_handler(lambda: service))

    for prefix in ("casabl", "casablx", "casqqqq"):
        suggest(api, prefix)

    out = capsys.readouterr().out
    records = [json.loads(line) for line in out.splitlines() if '"_aws"' in line]
    assert [("SuggestCorrected" in one, "SuggestNothing" in one) for one in records] == [
        (False, False), (True, False), (False, True)
    ]  # fmt: skip
    assert all(one["SuggestTime"][0] >= 0 for one in records)
    assert "cas" not in out
    assert not [record for record in caplog.records if "cas" in str(vars(record))]


ANY = st.characters(exclude_categories=["Cs"])


# The fixture is the same API for all examples, which is what is wanted.
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(prefix=st.text(ANY, max_size=110), limit=st.integers(-2, 30).map(str) | st.text(ANY, max_size=3))
def test_any_prefix_and_limit_is_answered_or_refused_by_name(prefix: str, limit: str, api: Api) -> None:
    answer = suggest(api, prefix, limit=limit)

    if answer.status != 200:
        assert answer.status == 422
        assert {error["field"] for error in answer.json["errors"]} <= {"prefix", "limit"}
