"""Sorting what was found in OpenSearch."""

import numpy as np
import pytest

from discovery.api.query_responses import QueryParsed
from discovery.api.requests import Sort
from discovery.opensearch.engine import Body
from discovery.retrieval.opensearch import sorting
from discovery.retrieval.opensearch.found import EngineFound
from discovery.retrieval.understanding.query import ParsedQuery
from tests.unit.retrieval.opensearch.engines import answered, hit

QUERY = ParsedQuery("q", QueryParsed(text="q", terms="q"))


def told(*ids: str, more: int = 0) -> EngineFound:
    values = np.linspace(1, 0, len(ids))
    matching: Body | None = {"match_all": {}} if more else None
    return EngineFound(QUERY, np.arange(len(ids)), values, {}, values, values, more=more, ids=ids, matching=matching)


@pytest.mark.parametrize(("descending", "expected"), [(True, ["b", "c", "a", "d"]), (False, ["a", "b", "c", "d"])])
def test_unknown_values_are_last_and_equals_stay_as_they_are(descending: bool, expected: list[str]) -> None:
    before = told("b", "d", "c", "a")
    search = sorting.search(before, Sort.YEAR, descending=descending)
    hits = [hit("d"), hit("c", year=1999), hit("b", year=1999), hit("a", year=1950)]

    in_order = sorting.in_order(before, search, answered(search, *hits), Sort.YEAR, descending=descending)

    assert in_order.content_ids == expected


def test_the_values_of_what_was_found_are_asked_for() -> None:
    search = sorting.search(told("b", "a"), Sort.TITLE, descending=False)

    assert search["query"] == {"bool": {"filter": [{"terms": {"id": ["b", "a"]}}]}}
    assert search["docvalue_fields"] == ["title_order"]


def test_of_more_than_are_told_of_the_engine_sorts_all() -> None:
    before = told("a", "b", more=5)

    search = sorting.search(before, Sort.YEAR, descending=True)
    answer = answered(search, hit("z", popularity=0.5), total=7)
    in_order = sorting.in_order(before, search, answer, Sort.YEAR, descending=True)

    assert search["sort"][0] == {"year": {"order": "desc", "missing": "_last"}}
    assert in_order.content_ids == ["z"]
    assert (in_order.more, in_order.total) == (6, 7)
