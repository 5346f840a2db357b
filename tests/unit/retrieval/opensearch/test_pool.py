"""All titles that the searches of one query found."""

import numpy as np
import pytest

from discovery.opensearch.engine import Answer
from discovery.retrieval.opensearch.pool import Pool
from tests.unit.retrieval.opensearch.engines import hit

ANSWERS = [
    Answer([hit("b", 2.0, popularity=0.5), hit("a", 1.0, popularity=0.1)]),
    Answer([hit("c", 9.0) | {"matched_queries": ["passes"]}, hit("b", 1.0, year=1999)]),
]


def test_places_are_in_the_order_of_ids() -> None:
    pool = Pool.of(ANSWERS, constrained=False)

    assert pool.ids == ["a", "b", "c"]
    assert pool.rows(ANSWERS[0].hits).tolist() == [1, 0]
    assert pool.row("c") == 2
    assert pool.row("d") is None


def test_fields_that_several_searches_read_are_all_known() -> None:
    pool = Pool.of(ANSWERS, constrained=False)
    rows = np.arange(3)

    assert pool.numbers("popularity", rows).tolist() == [0.1, 0.5, 0.0]
    assert pool.numbers("year", rows, unknown=-1).tolist() == [-1, 1999, -1]


@pytest.mark.parametrize(("constrained", "allowed"), [(False, None), (True, [False, False, True])])
def test_what_is_allowed_is_what_any_search_says_passes(constrained: bool, allowed: list[bool] | None) -> None:
    pool = Pool.of(ANSWERS, constrained=constrained)

    assert (pool.allowed if pool.allowed is None else pool.allowed.tolist()) == allowed
