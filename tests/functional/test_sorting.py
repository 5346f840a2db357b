"""A search in an order of the person's own choice."""

from typing import Any

import pytest

from tests import tokens
from tests.catalogues import CONTENTS
from tests.functional.client import Answer, Api

BROAD = "space sea crime love food war fear games family music"
ANA = tokens.token("ana")
YEARS = {content.id: content.release_year for content in CONTENTS}


def values(answer: Answer, field: str) -> list[Any]:
    return [result["content"][field] for result in answer.json["results"]]


def test_the_newest_come_first_and_those_of_unknown_year_last(api: Api) -> None:
    for query in ("", BROAD):
        years = values(api.get(query=query, sort="year", page_size="100"), "release_year")
        known = [year for year in years if year is not None]

        assert known == sorted(known, reverse=True)
        assert years[len(known) :] == [None] * (len(years) - len(known))


def test_ascending_unknown_years_are_last_too(api: Api) -> None:
    answer = api.get(sort="year", order="asc", page_size="100")

    assert answer.ids[0] == "dracula-1931"
    assert answer.ids[-1] == "lost-reel"


def test_titles_are_in_the_order_of_the_alphabet_without_their_articles(api: Api) -> None:
    answer = api.get(sort="title", page_size="100")

    assert values(answer, "title")[:3] == ["1917", "2012", "Alien"]
    assert [title for title in values(answer, "title") if title.startswith(("The G", "Grav", "Heat"))] == [
        "The Godfather",
        "Gravity",
        "Heat",
    ]


def test_sorting_changes_the_order_and_nothing_else(api: Api) -> None:
    plain, by_rating = api.get(query=BROAD, page_size="100"), api.get(query=BROAD, sort="rating", page_size="100")

    assert by_rating.ids != plain.ids
    assert sorted(by_rating.ids) == sorted(plain.ids)
    assert by_rating.json["facets"] == plain.json["facets"]
    assert {result["content"]["id"]: result for result in by_rating.json["results"]} == {
        result["content"]["id"]: result for result in plain.json["results"]
    }


@pytest.mark.parametrize("sort", ["popularity", "rating", "year", "title"])
def test_an_order_that_was_asked_for_is_left_alone_and_nothing_is_looked_up(sort: str, api: Api) -> None:
    anonymous = api.get(query=BROAD, sort=sort, page_size="100")
    signed_in = api.get(query=BROAD, sort=sort, page_size="100", token=ANA, experiment_variant="high_boost")

    assert signed_in.ids == anonymous.ids
    block = signed_in.json["personalization"]
    assert (block["status"], block["reason"], block["scored"]) == ("skipped", "sorted", 0)
    assert (block["weight"], block["variant"], block["requested_variant"]) == (0, None, "high_boost")
    assert anonymous.json["personalization"]["reason"] == "anonymous"
    assert (api.cache.reads, api.sona.asked) == (0, [])


def test_relevance_with_the_best_first_is_the_usual_order_and_personalized(api: Api) -> None:
    usual = api.get(query=BROAD, token=ANA)
    said = api.get(query=BROAD, token=ANA, sort="relevance", order="desc")

    assert said.ids == usual.ids
    assert said.json["personalization"]["status"] == "applied"


def test_relevance_ascending_is_an_order_like_any_other(api: Api) -> None:
    answer = api.get(query=BROAD, token=ANA, sort="relevance", order="asc", page_size="100")

    relevance = [result["relevance_score"] for result in answer.json["results"]]
    assert relevance == sorted(relevance)
    assert answer.json["personalization"]["reason"] == "sorted"


@pytest.mark.parametrize("sort", ["relevance", "popularity", "rating", "year", "title"])
@pytest.mark.parametrize("order", ["asc", "desc"])
def test_pages_neither_repeat_nor_skip(sort: str, order: str, api: Api) -> None:
    asked = {"query": BROAD, "sort": sort, "order": order, "token": ANA}
    whole = api.get(**asked, page_size="100").ids
    walked = [item for page in range(1, 9) for item in api.get(**asked, page=str(page), page_size="4").ids]

    assert len(set(whole)) == len(whole) > 10
    assert walked == whole
