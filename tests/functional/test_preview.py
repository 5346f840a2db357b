"""The preview of weights: who may see it, what it shows, and what it answers when something is wrong."""

import json
import time
from typing import Any

import pytest

from discovery.observability import logger
from tests import tokens
from tests.events import http_event
from tests.functional.client import Answer, Api, assert_problem
from tests.unit.personalization.personalizing import snapshot

PATH = "/v1/search/preview"
READ = "personalization:read"
BROAD = "space sea crime love food war fear games family music"
OPERATOR = tokens.token("olga", scope=READ)
ANA = tokens.token("ana", scope=READ)
HALF_CONTROL = json.dumps({"name": "boost", "traffic_allocation": 1, "variants": {"control": 1}})


def preview(api: Api, *, token: str | None = OPERATOR, **query: str | list[str]) -> Answer:
    return api.request("GET", PATH, query={"query": BROAD, "user_id": "ana"} | query, token=token)


def column(answer: Answer, weight: float) -> dict[str, Any]:
    found: dict[str, Any] = next(item for item in answer.json["columns"] if item["weight"] == weight)
    return found


def ids(found: dict[str, Any]) -> list[str]:
    return [result["content_id"] for result in found["results"]]


def test_each_column_is_what_a_search_under_that_weight_shows(api: Api) -> None:
    answer = preview(api, limit="100")

    assert answer.status == 200
    assert answer.headers["cache-control"] == "private, no-store"
    for found in answer.json["columns"]:
        searched = api.get(
            query=BROAD, page_size="100", experiment_variant=found["variant"], explain="true", token=tokens.token("ana")
        ).json
        assert ids(found) == [result["content"]["id"] for result in searched["results"]]
        if found["weight"]:
            assert [result["final"] for result in found["results"]] == [
                result["explanation"]["final"] for result in searched["results"]
            ]
            assert [(result["raw_score"], result["score"]) for result in found["results"]] == [
                (result["explanation"]["raw_score"], result["explanation"]["score"]) for result in searched["results"]
            ]
            assert answer.json["scores"]["calibration"] == searched["personalization"]["calibration"]
        assert answer.json["total_count"] == searched["total_count"]
        assert answer.json["query_parsed"] == searched["query_parsed"]


def test_without_weights_the_columns_are_the_policys_variants(api: Api) -> None:
    api.cache.policy = snapshot(variants__control="0", variants__b="0.4", variants__a="0.4", variants__new="0.1")

    answer = preview(api)

    assert [(item["weight"], item["variant"]) for item in answer.json["columns"]] == [
        (0, "control"), (0.1, "new"), (0.4, "a"), (0.4, "b")
    ]  # fmt: skip
    assert [len(item["results"]) for item in answer.json["columns"]] == [10] * 4


@pytest.mark.parametrize("weights", ["0.4,0.33,1", ["0.4", "0.33", "1"], "0.4, 0.33 ,1.0"])
def test_weights_are_given_in_any_order_joined_or_repeated(weights: str | list[str], api: Api) -> None:
    answer = preview(api, weights=weights, limit="3")

    assert [(item["weight"], item["variant"]) for item in answer.json["columns"]] == [
        (0.4, "high_boost"), (0.33, None), (1, None)
    ]  # fmt: skip
    assert [len(item["results"]) for item in answer.json["columns"]] == [3] * 3


def test_one_set_of_scores_serves_all_columns(api: Api) -> None:
    first, second = preview(api), preview(api)

    assert len(api.sona.asked) == 1
    assert [len(first.json["columns"]), len(second.json["columns"])] == [5, 5]
    scores = second.json["scores"]
    assert (scores["status"], scores["reason"]) == ("applied", None)
    assert scores["from_cache"] == scores["scored"] == scores["candidates"] == first.json["total_count"]
    assert first.json["scores"]["from_cache"] == 0


def test_movement_and_measures_are_against_control(api: Api) -> None:
    answer = preview(api, weights="0,1", limit="100")
    control, liked = column(answer, 0), column(answer, 1)

    assert (control["churn_at_10"], control["rank_biased_overlap"]) == (0, 1)
    assert {result["moved"] for result in control["results"]} == {0}
    assert 0 < liked["churn_at_10"] <= 1
    assert 0 < liked["rank_biased_overlap"] < 1
    for rank, result in enumerate(liked["results"], start=1):
        assert result["rank"] == rank
        assert ids(control)[result["control_rank"] - 1] == result["content_id"]
        assert result["moved"] == result["control_rank"] - rank
    assert len(set(ids(liked)[:10]) - set(ids(control)[:10])) / 10 == liked["churn_at_10"]


def test_who_is_in_control_is_scored_too_and_the_assignment_says_so(api: Api) -> None:
    api.cache.policy = snapshot(
        experiment=HALF_CONTROL, variants__control="0", variants__high_boost="0.4", boost_weight="0.25"
    )

    answer = preview(api)

    assert answer.json["assignment"] == {
        "variant": "control", "weight": 0, "assigned_by": "experiment", "experiment": "boost"
    }  # fmt: skip
    assert answer.json["scores"]["status"] == "applied"
    assert column(answer, 0.4)["rank_biased_overlap"] < 1
    assert answer.json["epoch"] is not None
    assert answer.json["policy_version"] != "default"


def test_while_the_policy_switches_personalization_off_a_preview_still_shows_what_it_would_do(api: Api) -> None:
    api.cache.policy = snapshot(enabled="false")

    answer = preview(api, weights="1")

    assert (answer.json["enabled"], answer.json["scores"]["status"]) == (False, "applied")
    assert answer.json["columns"][0]["rank_biased_overlap"] < 1


def test_me_is_the_caller(api: Api) -> None:
    by_me, by_id, ben = preview(api, token=ANA, user_id="me"), preview(api), preview(api, user_id="ben")

    assert by_me.json["user"] == by_id.json["user"] != ben.json["user"]
    assert by_me.json["columns"] == by_id.json["columns"] != ben.json["columns"]
    assert "ana" not in by_me.json["user"]


@pytest.mark.parametrize("user_id", ["me", "ana"])
def test_a_caller_who_opted_out_is_not_looked_up(user_id: str, api: Api) -> None:
    answer = preview(api, token=tokens.token("ana", scope=READ, personalization_opt_out=True), user_id=user_id)

    assert answer.status == 200
    assert (answer.json["scores"]["status"], answer.json["scores"]["reason"]) == ("skipped", "opted_out")
    assert (answer.json["user"], answer.json["assignment"]["weight"]) == (None, 0)
    assert (api.cache.reads, api.sona.asked) == (0, [])
    assert all(item["churn_at_10"] == 0 and item["rank_biased_overlap"] == 1 for item in answer.json["columns"])


def test_another_person_who_opted_out_is_not_looked_up_until_they_are_in_again(api: Api) -> None:
    before = int(time.time()) - 100
    api.get(query=BROAD, token=tokens.token("ana", personalization_opt_out=True, iat=before))

    out = preview(api)
    assert (out.json["scores"]["status"], out.json["scores"]["reason"]) == ("skipped", "opted_out")
    assert (out.json["user"], out.json["assignment"]["weight"], api.sona.asked) == (None, 0, [])
    assert preview(api, user_id="ben").json["scores"]["status"] == "applied"
    api.get(query=BROAD, token=tokens.token("ana"))
    assert preview(api).json["scores"]["status"] == "applied"


def test_the_log_does_not_name_another_person_who_opted_out(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    named = preview(api).json["user"]
    api.get(query=BROAD, token=tokens.token("ana", personalization_opt_out=True))
    caplog.set_level("INFO", logger.name)

    preview(api)

    *_, line = [vars(record) for record in caplog.records if record.getMessage() == "previewed"]
    assert (line["user"], line["reason"]) == (None, "opted_out")
    assert named not in map(str, line.values())


def test_without_the_cache_nobody_but_the_caller_is_looked_up(api: Api) -> None:
    api.cache.read_fails = True

    another, own = preview(api), preview(api, token=ANA, user_id="me")

    assert (another.json["scores"]["status"], another.json["scores"]["reason"]) == ("failed", "opt_out_unknown")
    assert another.json["user"] is None
    assert own.json["user"] is not None
    assert {body["user_id"] for _, body in api.sona.asked} <= {"ana"}


def test_with_sona_down_every_column_is_control_and_the_reason_is_said(api: Api) -> None:
    api.sona.broken = True

    answer = preview(api, weights="0,0.4")

    assert answer.status == 200
    assert (answer.json["scores"]["status"], answer.json["scores"]["reason"]) == ("failed", "sona_unavailable")
    control, high = answer.json["columns"]
    assert control["results"] == high["results"]
    assert {result["score"] for result in high["results"]} == {None}
    assert all(result["final"] == result["relevance"] for result in high["results"])


def test_what_cannot_be_found_is_an_empty_preview_of_a_known_assignment(api: Api) -> None:
    answer = preview(api, query="xyzzyqqq")

    assert (answer.json["total_count"], answer.json["scores"]["reason"]) == (0, "no_candidates")
    assert answer.json["assignment"]["weight"] == 0.25
    assert [(item["results"], item["churn_at_10"]) for item in answer.json["columns"]] == [([], 0)] * 5


def test_no_token_is_401_and_a_token_without_the_scope_403(api: Api) -> None:
    assert_problem(preview(api, token=None), 401)
    assert_problem(preview(api, token="abc"), 401)
    for scope in (None, "personalization:write", "personalization:admin"):
        refused = preview(api, token=tokens.token("ana", scope=scope), user_id="me")
        assert_problem(refused, 403)
        assert READ in refused.headers["www-authenticate"]
    assert (api.cache.reads, api.sona.asked) == (0, [])


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("weights.0", {"weights": "1.5"}),
        ("weights.0", {"weights": "-0.1"}),
        ("weights.0", {"weights": "abc"}),
        ("weights.1", {"weights": "0.5,NaN"}),
        ("weights.0", {"weights": "inf"}),
        ("weights.0", {"weights": ""}),
        ("weights.1", {"weights": "0,,1"}),
        ("weights", {"weights": ",".join(["0.1"] * 11)}),
        ("limit", {"limit": "0"}),
        ("limit", {"limit": "101"}),
        ("limit", {"limit": "all"}),
        ("query", {"query": ""}),
        ("query", {"query": " "}),
        ("query", {"query": "\x00\x07"}),
        ("query", {"query": "a" * 501}),
        ("user_id", {"user_id": ""}),
        ("user_id", {"user_id": "a" * 257}),
    ],
)
def test_a_bad_parameter_is_refused_by_name(field: str, changes: dict[str, str], api: Api) -> None:
    assert_problem(preview(api, **changes), 422, field)


def test_every_bad_weight_is_named(api: Api) -> None:
    answer = preview(api, weights="1.5,abc")

    assert {error["field"] for error in answer.json["errors"]} == {"weights.0", "weights.1"}


def test_query_and_user_are_required(api: Api) -> None:
    assert_problem(api.request("GET", PATH, query={"user_id": "me"}, token=ANA), 422, "query")
    assert_problem(api.request("GET", PATH, query={"query": "alien"}, token=ANA), 422, "user_id")


def test_half_a_character_in_a_user_id_breaks_nothing(api: Api) -> None:
    event = http_event("GET", PATH, query={"query": "alien", "user_id": "x"}, token=OPERATOR)
    event["queryStringParameters"]["user_id"] = "\ud83d"

    assert api.send(event).status in (200, 422)


def test_a_preview_is_logged_by_hashes_and_is_no_exposure(
    api: Api, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level("INFO", logger.name)

    answer = preview(api)

    (line,) = [vars(record) for record in caplog.records if record.getMessage() == "previewed"]
    assert (line["user"], line["status"], line["weights"]) == (
        answer.json["user"],
        "applied",
        [0, 0.15, 0.25, 0.4, 0.6],
    )
    assert line["caller"] not in (None, line["user"])
    assert line["elapsed_ms"] > 0
    assert not {"ana", "olga", BROAD}.intersection(map(str, line.values()))
    emitted = capsys.readouterr().out
    assert "discovery.exposure" not in emitted
    assert "PersonalizationApplied" not in emitted
