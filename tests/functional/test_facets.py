"""Facets over the API: against counting by brute force, and against searches without a filter."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from discovery.catalogue.content import Content
from tests.catalogues import CONTENTS
from tests.functional.client import Api

QUERIES = (
    "",
    "space",
    "love war food",
    "alien",
    "crime drama",
    "sea creature",
    "nothing of the kind",
    "films like alien",
)
FACETS = {
    "genres": "genres", "platforms": "platforms", "directors": "directors", "countries": "countries",
    "languages": "languages", "keywords": "keywords", "year_range": "years", "rating_range": "ratings",
}  # fmt: skip
"""The facet of each filter."""
VALUES: dict[str, Callable[[Content], list[str]]] = {
    "years": lambda content: [] if content.release_year is None else [f"{content.release_year // 10}0s"],
    "ratings": lambda content: (
        []
        if content.average_rating is None
        else [f"{min(int(content.average_rating), 9)}-{min(int(content.average_rating), 9) + 1}"]
    ),
    **{
        facet: (lambda content, facet=facet: list(dict.fromkeys(getattr(content, facet))))  # type: ignore[misc]
        for facet in ("genres", "platforms", "directors", "countries", "languages", "keywords")
    },
}
BY_ID = {content.id: content for content in CONTENTS}
NAMED = {
    facet: sorted({value for content in CONTENTS for value in VALUES[facet](content)})
    for facet in FACETS.values()
    if facet not in ("years", "ratings")
}
FILTERS = st.fixed_dictionaries(
    {},
    optional={
        **{name: st.lists(st.sampled_from(values), min_size=1, max_size=3) for name, values in NAMED.items()},
        "year_range": st.sampled_from([[1970, 1999], [None, 1980], [2000, None]]),
        "rating_range": st.sampled_from([[8, None], [None, 8], [7, 8.5]]),
    },
)
FEW = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def counted(facets: dict[str, Any]) -> dict[str, Counter[str]]:
    return {
        name: Counter({facet["value"]: facet["count"] for facet in counts}) for name, counts in facets.items() if counts
    }


@FEW
@given(st.sampled_from(QUERIES), FILTERS)
def test_total_and_facets_are_those_of_the_whole_match_set(api: Api, query: str, filters: dict[str, Any]) -> None:
    answer = api.post({"query": query, "filters": filters, "page_size": 100})

    found = [BY_ID[content_id] for content_id in answer.ids]
    assert answer.json["total_count"] == len(found)
    by_brute_force = {
        facet: Counter(v for content in found for v in values(content)) for facet, values in VALUES.items()
    }
    assert counted(answer.json["facets"]) == {facet: counts for facet, counts in by_brute_force.items() if counts}


@FEW
@given(st.sampled_from(QUERIES), FILTERS)
def test_a_filter_raises_no_count(api: Api, query: str, filters: dict[str, Any]) -> None:
    filtered = api.post({"query": query, "filters": filters})
    unfiltered = api.post({"query": query})

    assert filtered.json["total_count"] <= unfiltered.json["total_count"]
    all_counts = counted(unfiltered.json["facets"])
    for facet, counts in counted(filtered.json["facets"]).items():
        assert counts <= all_counts[facet]


@FEW
@given(st.sampled_from(QUERIES), FILTERS)
def test_a_disjunctive_facet_is_that_of_the_search_without_its_filter(
    api: Api, query: str, filters: dict[str, Any]
) -> None:
    answer = api.post({"query": query, "filters": filters, "disjunctive_facets": True})

    def without(name: str) -> list[dict[str, Any]]:
        rest = {other: wanted for other, wanted in filters.items() if other != name}
        counts: list[dict[str, Any]] = api.post({"query": query, "filters": rest}).json["facets"][FACETS[name]]
        return counts

    expected = {facet: without(name) if name in filters else None for name, facet in FACETS.items()}
    assert answer.json["disjunctive_facets"] == expected
    assert answer.json["facets"] == api.post({"query": query, "filters": filters}).json["facets"]


def test_a_facet_that_is_not_filtered_by_is_null_and_one_that_finds_nothing_is_empty(api: Api) -> None:
    filters = {"genres": ["Horror"], "keywords": ["whimsy"], "year_range": [None, None]}

    facets = api.post({"query": "alien", "filters": filters, "disjunctive_facets": True}).json["disjunctive_facets"]

    assert {name for name, counts in facets.items() if counts is not None} == {"genres", "keywords"}
    assert facets["genres"] == []  # whimsical films of any genre, none of which has an alien
    assert [facet["value"] for facet in facets["keywords"]] == ["parasite"]


def test_without_filters_no_facet_is_counted_again(api: Api) -> None:
    facets = api.get(query="alien", disjunctive_facets="true").json["disjunctive_facets"]

    assert facets == dict.fromkeys(FACETS.values())


def test_what_was_understood_in_the_query_stays(api: Api) -> None:
    """ "horror films" asks for a genre by itself, so that lifting the request's own filter lifts nothing of that."""
    answer = api.get(query="horror films", genres="Thriller", disjunctive_facets="true").json

    assert answer["query_parsed"]["genres"] == ["Horror"]
    assert answer["disjunctive_facets"]["genres"] == api.get(query="horror films").json["facets"]["genres"]
    assert answer["disjunctive_facets"]["genres"][0]["value"] == "Horror"


def test_they_are_there_only_where_they_are_asked_for(api: Api) -> None:
    assert api.get(query="alien", genres="Horror").json["disjunctive_facets"] is None
