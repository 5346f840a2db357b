"""All titles that the searches of one query found."""

import numpy as np
import pytest

from discovery.retrieval.opensearch.asking import Form
from discovery.retrieval.opensearch.pool import Pool
from tests.unit.retrieval.opensearch.engines import found, hit

POPULAR, DATED = Form().search({}), Form(attributes=["year"]).search({})
HITS = [
    found(POPULAR, hit("b", 2.0, popularity=0.5), hit("a", 1.0, popularity=0.1)),
    found(DATED, hit("c", 9.0) | {"matched_queries": ["passes"]}, hit("b", 1.0, popularity=0.5, year=1999)),
]


def test_places_are_in_the_order_of_ids() -> None:
    pool = Pool.of(HITS, constrained=False)

    assert pool.ids == ["a", "b", "c"]
    assert pool.rows(HITS[0]).tolist() == [1, 0]
    assert pool.places.get("d") is None


def test_what_several_searches_read_is_all_known() -> None:
    pool = Pool.of(HITS, constrained=False)

    assert pool.popularity == pytest.approx([0.1, 0.5, 0.0])
    assert pool.numbers("year", np.arange(3), unknown=-1).tolist() == [-1, 1999, -1]


@pytest.mark.parametrize(("constrained", "allowed"), [(False, None), (True, [False, False, True])])
def test_what_is_allowed_is_what_any_search_says_passes(constrained: bool, allowed: list[bool] | None) -> None:
    pool = Pool.of(HITS, constrained=constrained)

    assert (pool.allowed if pool.allowed is None else pool.allowed.tolist()) == allowed
