"""The search function: what its answers promise."""

import base64
import gzip
import json
from functools import reduce
from operator import add
from statistics import fmean, pstdev
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import tokens
from tests.catalogues import CONTENTS
from tests.events import FakeContext, http_event
from tests.functional.client import Answer, Api

BROAD = "space sea crime love food war fear games family music"
ANA, BEN = tokens.token("ana"), tokens.token("ben")


def without_what_differs_by_nature(answer: Answer) -> dict[str, Any]:
    """An answer less its id and its timings."""
    body: dict[str, Any] = answer.json
    del body["search_id"], body["search_time_ms"], body["personalization"]["elapsed_ms"]
    return body


def test_the_original_services_fields_keep_their_names(api: Api) -> None:
    answer = api.get(query="alien")

    assert answer.status == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "private, no-store"
    assert answer.json.keys() >= {
        "results", "total_count", "page", "page_size", "query_parsed", "search_time_ms", "facets", "search_id",
        "personalization",
    }  # fmt: skip
    assert answer.json["facets"].keys() >= {"genres", "platforms", "years", "ratings"}
    result = answer.json["results"][0]
    assert result.keys() >= {
        "content", "relevance_score", "match_reasons", "vector_similarity", "keyword_score", "graph_score",
    }  # fmt: skip
    assert result["content"].keys() >= {
        "id", "title", "overview", "release_year", "genres", "platforms", "popularity_score",
    }  # fmt: skip
    assert result["content"]["id"] == "alien-1979"


@pytest.mark.parametrize(
    ("query", "body"),
    [
        ({}, {}),
        ({"genres": "Horror"}, {"filters": {"genres": ["Horror"]}}),
        ({"platforms": "Netflix"}, {"filters": {"platforms": ["Netflix"]}}),
        ({"genres": ["Horror", "Romance"]}, {"filters": {"genres": ["Horror", "Romance"]}}),
        ({"platforms": ["Netflix", "Max"]}, {"filters": {"platforms": ["Netflix", "Max"]}}),
        ({"directors": "Ridley Scott"}, {"filters": {"directors": ["Ridley Scott"]}}),
        ({"countries": ["France", "Japan"]}, {"filters": {"countries": ["France", "Japan"]}}),
        ({"languages": "French"}, {"filters": {"languages": ["French"]}}),
        ({"keywords": "whimsy"}, {"filters": {"keywords": ["whimsy"]}}),
        ({"genres": "War", "disjunctive_facets": "true"}, {"filters": {"genres": ["War"]}, "disjunctive_facets": True}),
        ({"year_min": "1990", "year_max": "2005"}, {"filters": {"year_range": [1990, 2005]}}),
        ({"year_min": "1990"}, {"filters": {"year_range": [1990, None]}}),
        ({"rating_min": "8.2"}, {"filters": {"rating_range": [8.2, None]}}),
        ({"rating_max": "8"}, {"filters": {"rating_range": [None, 8]}}),
        ({"max_content_rating": "PG"}, {"filters": {"max_content_rating": "PG"}}),
        ({"page": "2", "page_size": "3"}, {"page": 2, "page_size": 3}),
        ({"experiment_variant": "high_boost"}, {"experiment_variant": "high_boost"}),
        ({"explain": "true"}, {"explain": True}),
        ({"highlight": "true"}, {"highlight": True}),
        ({"sort": "rating"}, {"sort": "rating"}),
        ({"sort": "title", "order": "desc"}, {"sort": "title", "order": "desc"}),
    ],
)
def test_get_and_post_give_the_same_answer_to_the_same_search(
    query: dict[str, Any], body: dict[str, Any], api: Api
) -> None:
    by_get = api.get(query=BROAD, **query)
    by_post = api.post({"query": BROAD} | body)

    assert by_get.status == 200
    assert without_what_differs_by_nature(by_get) == without_what_differs_by_nature(by_post)


def test_a_query_with_a_comma_stays_one_query(api: Api) -> None:
    assert (
        api.get(query="alien, shark").json["query_parsed"] == api.post({"query": "alien, shark"}).json["query_parsed"]
    )


def test_parameters_that_are_none_of_ours_are_ignored(api: Api) -> None:
    assert api.get(query="alien", utm_source="mail").ids == api.get(query="alien").ids


def test_filters_leave_out_what_they_say(api: Api) -> None:
    films = {content.id: content for content in CONTENTS}

    found = api.post({"query": BROAD, "filters": {"genres": ["Horror"], "year_range": [1950, 2000]}}).ids

    assert found
    assert all("Horror" in films[item].genres and 1950 <= (films[item].release_year or 0) <= 2000 for item in found)


@pytest.mark.parametrize("token", [None, ANA], ids=["anonymous", "signed in"])
@pytest.mark.parametrize("page_size", [1, 4, 100])
def test_paging_neither_repeats_nor_skips(page_size: int, token: str | None, api: Api) -> None:
    whole = api.get(query=BROAD, page_size="100", token=token)
    walked: list[str] = []
    for page in range(1, len(whole.ids) + 1):
        walked += api.get(query=BROAD, page=str(page), page_size=str(page_size), token=token).ids

    assert walked == whole.ids
    assert len(whole.ids) == whole.json["total_count"] > 10


def test_a_page_past_the_end_is_an_empty_page(api: Api) -> None:
    answer = api.get(query=BROAD, page="1000")

    assert (answer.status, answer.ids, answer.json["page"]) == (200, [], 1000)
    assert answer.json["total_count"] > 0
    assert answer.json["facets"]["genres"]


def test_two_users_of_different_taste_get_different_orders_of_the_same_titles(api: Api) -> None:
    ana, ben = (api.get(query=BROAD, page_size="100", token=token) for token in (ANA, BEN))

    assert ana.ids != ben.ids
    assert sorted(ana.ids) == sorted(ben.ids)
    assert ana.json["personalization"]["status"] == ben.json["personalization"]["status"] == "applied"


def test_control_equals_anonymous(api: Api) -> None:
    anonymous = api.get(query=BROAD, page_size="100")
    control = api.get(query=BROAD, page_size="100", experiment_variant="control", token=ANA)

    assert control.json["results"] == anonymous.json["results"]
    assert control.json["facets"] == anonymous.json["facets"]
    assert anonymous.json["personalization"]["reason"] == "anonymous"
    block = control.json["personalization"]
    assert (block["status"], block["reason"], block["variant"], block["weight"]) == ("skipped", "control", "control", 0)
    assert not api.sona.asked


@pytest.mark.parametrize("token", [None, ANA, BEN], ids=["anonymous", "ana", "ben"])
@pytest.mark.parametrize("variant", ["control", "low_boost", "medium_boost", "high_boost", "aggressive_boost"])
def test_every_order_is_reproducible_from_its_explanations(variant: str, token: str | None, api: Api) -> None:
    answer = api.get(query=BROAD, page_size="100", explain="true", experiment_variant=variant, token=token)
    explained = [result["explanation"] for result in answer.json["results"]]

    def final(item: dict[str, Any]) -> float:
        if item["score"] is None:
            return float(item["relevance"])
        return float(item["relevance"] * (1 - item["weight"]) + item["score"] * item["weight"])

    assert sorted(explained, key=lambda item: (-final(item), item["rank_before"])) == explained
    assert [item["final"] for item in explained] == [final(item) for item in explained]
    assert [item["rank_after"] for item in explained] == list(range(1, len(explained) + 1))


@pytest.mark.parametrize("variant", ["low_boost", "aggressive_boost"])
def test_every_score_is_reproducible_from_sonas_and_the_calibration(variant: str, api: Api) -> None:
    answer = api.get(query=BROAD, page_size="100", explain="true", experiment_variant=variant, token=ANA)
    explained = [result["explanation"] for result in answer.json["results"]]
    by = answer.json["personalization"]["calibration"]

    def score(raw: float) -> float:
        deviation = (raw - by["score_mean"]) / max(by["score_spread"], by["least_score_spread"])
        kept = min(max(deviation, -by["most_spreads"]), by["most_spreads"])
        return float(by["relevance_mean"] + kept * by["relevance_spread"])

    assert [item["score"] for item in explained] == [score(item["raw_score"]) for item in explained]
    relevance, scores = ([item[name] for item in explained] for name in ("relevance", "raw_score"))
    assert (by["relevance_mean"], by["relevance_spread"]) == pytest.approx((fmean(relevance), pstdev(relevance)))
    assert (by["score_mean"], by["score_spread"]) == pytest.approx((fmean(scores), pstdev(scores)))


def test_a_score_that_sona_lacks_is_the_mean_relevance_and_said_to_be_neutral(api: Api) -> None:
    first = api.get(query=BROAD).ids[0]
    api.sona.likes = {"ana": {item: liking for item, liking in api.sona.likes["ana"].items() if item != first}}

    answer = api.get(query=BROAD, page_size="100", explain="true", token=ANA)

    (neutral,) = [one["explanation"] for one in answer.json["results"] if one["explanation"]["raw_score"] is None]
    assert (neutral["rank_before"], neutral["score_source"]) == (1, "neutral")
    assert neutral["score"] == answer.json["personalization"]["calibration"]["relevance_mean"]


def test_an_explained_result_says_in_sonas_words_why_it_is_liked(api: Api) -> None:
    answer = api.get(query=BROAD, explain="true", page_size="3", token=ANA)

    for result in answer.json["results"]:
        assert result["explanation"]["because_you_liked"] == [{"id": "heat", "title": "Heat"}]
        assert result["explanation"]["why"] == "because you liked Heat"
    assert [body.get("explain", False) for _, body in api.sona.asked] == [False, True]
    assert len(api.sona.asked[1][1]["content_ids"]) == 3  # those of the page alone


def test_a_search_that_is_not_explained_asks_for_no_words(api: Api) -> None:
    api.get(query=BROAD, token=ANA)

    assert [body.get("explain", False) for _, body in api.sona.asked] == [False]


@pytest.mark.parametrize("variant", ["control", "high_boost"])
def test_an_engine_that_says_no_reasons_leaves_them_out(variant: str, api: Api) -> None:
    api.sona.explains = False
    answer = api.get(query=BROAD, explain="true", experiment_variant=variant, token=ANA)

    explained = [result["explanation"] for result in answer.json["results"]]
    assert {(item["because_you_liked"], item["why"]) for item in explained} == {(None, None)}
    assert answer.json["personalization"]["status"] == ("skipped" if variant == "control" else "applied")


@pytest.mark.parametrize("parameters", [{"experiment_variant": "control"}, {"sort": "year"}])
def test_where_nothing_is_blended_there_is_no_calibration(parameters: dict[str, str], api: Api) -> None:
    answer = api.get(query=BROAD, explain="true", token=ANA, **parameters)

    assert answer.json["personalization"]["calibration"] is None
    assert {result["explanation"]["raw_score"] for result in answer.json["results"]} == {None}


def test_a_second_search_is_served_from_the_cache(api: Api) -> None:
    first, second = (api.get(query=BROAD, token=ANA).json["personalization"] for _ in range(2))

    assert (first["from_cache"], first["scored"]) == (0, first["candidates"])
    assert second["from_cache"] == second["candidates"] == first["candidates"]
    assert len(api.sona.asked) == 1


def test_an_unknown_variant_is_searched_with_the_default_weight_and_said(api: Api) -> None:
    answer = api.get(query="alien", experiment_variant="removed_last_week", token=ANA)

    block = answer.json["personalization"]
    assert answer.status == 200
    assert (block["requested_variant"], block["reason"]) == ("removed_last_week", "unknown_variant")
    assert (block["variant"], block["weight"], block["assigned_by"]) == (None, 0.25, "default")


def test_who_opted_out_is_not_looked_up(api: Api) -> None:
    answer = api.get(query=BROAD, token=tokens.token("ana", personalization_opt_out=True))

    assert answer.json["personalization"]["reason"] == "opted_out"
    assert answer.ids == api.get(query=BROAD).ids
    assert (api.cache.reads, api.sona.asked) == (0, [])


def test_with_sona_and_cache_and_parameter_store_down_a_search_is_a_search(api: Api) -> None:
    api.sona.broken = api.cache.read_fails = api.parameters.fails = True

    answer = api.get(query=BROAD, token=ANA)

    assert (answer.status, answer.ids) == (200, api.get(query=BROAD).ids)
    block = answer.json["personalization"]
    assert (block["status"], block["reason"]) == ("failed", "policy_unavailable")
    assert (block["policy_version"], block["policy_age_ms"]) == ("default", None)


def test_headers_are_found_whatever_their_case(api: Api) -> None:
    event = http_event("GET", "/v1/search", query={"query": BROAD}, headers={"Authorization": f"Bearer {ANA}"})

    assert api.send(event).json["personalization"]["status"] == "applied"


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(query=st.text(max_size=60))
def test_no_text_whatever_breaks_a_search(query: str, api: Api) -> None:
    by_get, by_post = api.get(query=query), api.post({"query": query})

    assert (by_get.status, by_post.status) == (200, 200)


def test_an_answer_is_compressed_for_whoever_takes_that(api: Api) -> None:
    plain = api.get(query="alien")
    event = http_event("GET", "/v1/search", query={"query": "alien"}, headers={"accept-encoding": "gzip, br"})

    answer = api.handler(event, FakeContext())

    assert answer["headers"]["Content-Encoding"] == "gzip"
    body = json.loads(gzip.decompress(base64.b64decode(answer["body"])))
    assert body["results"] == plain.json["results"]


def test_a_misspelled_word_is_corrected_told_and_left_alone_where_asked(api: Api) -> None:
    corrected = api.get(query="casablenca")
    left = api.get(query="casablenca", correct="false")
    posted = api.post({"query": "casablenca", "correct": False})

    assert corrected.json["query_parsed"]["corrected"] == {"from": "casablenca", "to": "Casablanca"}
    assert corrected.json["results"][0]["content"]["id"] == "casablanca-1942"
    assert left.json["query_parsed"]["corrected"] is None
    assert posted.json["query_parsed"]["corrected"] is None


def test_the_evidence_adds_up_to_relevance_exactly(api: Api) -> None:
    answer = api.get(query="al pacino crime drama 1995", explain="true", page_size="100")

    explanations = [result["explanation"] for result in answer.json["results"]]
    assert len(explanations) > 2
    for explanation in explanations:
        assert reduce(add, explanation["evidence"].values()) == explanation["relevance"]
