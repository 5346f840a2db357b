"""Facets from aggregations."""

from typing import Any

from discovery.retrieval.opensearch import facets


def buckets(*pairs: tuple[Any, int]) -> dict[str, Any]:
    return {"buckets": [{"key": key, "doc_count": count} for key, count in pairs]}


def test_the_most_frequent_come_first_and_equals_by_name() -> None:
    found = facets.read({"genres": buckets(("War", 2), ("drama", 2), ("Éclair", 2), ("Crime", 3))})

    assert [(one.value, one.count) for one in found.genres] == [("Crime", 3), ("drama", 2), ("Éclair", 2), ("War", 2)]


def test_ten_belongs_to_the_last_point_and_years_are_decades() -> None:
    found = facets.read({"ratings": buckets((7.0, 1), (9.0, 2), (10.0, 3)), "years": buckets((1990.0, 4))})

    assert [(one.value, one.count) for one in found.ratings] == [("7-8", 1), ("9-10", 5)]
    assert [(one.value, one.count) for one in found.years] == [("1990s", 4)]


def test_what_was_not_counted_is_empty() -> None:
    assert facets.read({}).genres == ()


def test_of_thousands_of_names_the_first_are_counted() -> None:
    counted = facets.search({"match_all": {}})["aggs"]

    assert counted["keywords"]["terms"]["size"] == 20
    assert counted["genres"]["terms"]["field"] == "shown.genres"
