"""A search without a query lists everything that passes its filters."""

from typing import Any

import pytest

from tests import tokens
from tests.catalogues import CONTENTS
from tests.functional.client import Api

ANA, BEN = tokens.token("ana"), tokens.token("ben")
POPULAR_FIRST = [
    content.id for content in sorted(CONTENTS, key=lambda content: content.popularity_score or 0, reverse=True)
]


def test_everything_is_listed_popular_first(api: Api) -> None:
    answer = api.get(page_size="100")

    assert answer.status == 200
    assert answer.ids == POPULAR_FIRST
    assert answer.json["total_count"] == len(CONTENTS)


@pytest.mark.parametrize("query", ["", "   ", "\x00\x07", "\u00a0"])
def test_a_query_of_nothing_is_no_query(query: str, api: Api) -> None:
    assert api.get(query=query, page_size="100").ids == POPULAR_FIRST
    assert api.post({"query": query, "page_size": 100}).ids == POPULAR_FIRST


def test_a_body_needs_no_field_at_all(api: Api) -> None:
    assert api.post({}).ids == api.request("GET", "/v1/search").ids == POPULAR_FIRST[:20]


def test_filters_say_what_is_listed_and_facets_count_all_of_it(api: Api) -> None:
    expected = [content.id for content in CONTENTS if {"Horror", "War"} & set(content.genres)]

    answer = api.post({"filters": {"genres": ["Horror", "War"]}, "page_size": 2})

    assert answer.json["total_count"] == len(expected)
    assert {facet["value"]: facet["count"] for facet in answer.json["facets"]["genres"]}["Horror"] == sum(
        "Horror" in content.genres for content in CONTENTS
    )
    assert answer.ids == [content_id for content_id in POPULAR_FIRST if content_id in expected][:2]


def test_filters_that_nothing_passes_list_nothing(api: Api) -> None:
    answer = api.get(genres="Nonsense")

    assert (answer.status, answer.ids, answer.json["total_count"]) == (200, [], 0)


def test_it_is_personalized_like_any_search(api: Api) -> None:
    anonymous = api.get(page_size="100")
    ana, ben = (api.get(page_size="100", token=token) for token in (ANA, BEN))

    assert ana.json["personalization"]["status"] == "applied"
    assert ana.json["personalization"]["candidates"] == len(CONTENTS)
    assert ana.ids != ben.ids
    assert sorted(ana.ids) == sorted(ben.ids) == sorted(anonymous.ids)


@pytest.mark.parametrize("token", [None, ANA], ids=["anonymous", "signed in"])
def test_pages_neither_repeat_nor_skip(token: str | None, api: Api) -> None:
    whole = api.get(page_size="100", token=token).ids
    walked = [item for page in range(1, 9) for item in api.get(page=str(page), page_size="4", token=token).ids]

    assert walked == whole


def test_relevance_is_popularity_in_proportion_to_the_greatest_and_the_reason_says_so(api: Api) -> None:
    results: list[dict[str, Any]] = api.get(explain="true", page_size="100").json["results"]
    greatest = results[0]["content"]["popularity_score"]

    for result in results:
        popularity = result["content"]["popularity_score"] or 0
        assert result["relevance_score"] == pytest.approx(popularity / greatest, abs=1e-6)
        assert result["explanation"]["evidence"]["popularity"] == result["relevance_score"]
        assert sum(result["explanation"]["evidence"].values()) == result["relevance_score"]
        assert result["match_reasons"] == ["popular"]
        assert (result["keyword_score"], result["vector_similarity"]) == (None, None)


def test_nothing_is_read_into_an_empty_query(api: Api) -> None:
    parsed = api.get().json["query_parsed"]

    assert (parsed["text"], parsed["terms"]) == ("", "")
    assert (parsed["genres"], parsed["like"], parsed["corrected"], parsed["relaxed"]) == ([], None, None, False)


def test_a_page_past_the_end_is_empty_and_counts_all_the_same(api: Api) -> None:
    answer = api.get(page="1000000", page_size="100")

    assert (answer.status, answer.ids, answer.json["total_count"]) == (200, [], len(CONTENTS))
