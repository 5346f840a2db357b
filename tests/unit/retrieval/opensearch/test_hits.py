"""What one search found, by columns."""

import numpy as np
import pytest

from discovery.opensearch.engine import Answer
from discovery.retrieval.opensearch.asking import Form
from discovery.retrieval.opensearch.hits import Hits
from tests.unit.retrieval.opensearch.engines import found, hit

SEARCH = Form(attributes=["year"]).search({}, numbers=["title_length"])
HITS = found(
    SEARCH,
    hit("b", 2.0, popularity=0.7, title_length=4, year=1999),
    hit("a", 1.5, popularity=0.2, title_length=9) | {"matched_queries": ["passes"]},
)


def test_what_a_search_sorts_by_are_the_columns_of_its_hits() -> None:
    assert HITS.ids == ("b", "a")
    assert HITS.scores.tolist() == [2.0, 1.5]
    assert HITS.numbers("title_length").tolist() == [4, 9]
    assert HITS.passing == {"a"}
    assert [values.get("year") for values in HITS.fields] == [[1999], None]


def test_popularity_is_of_the_precision_that_is_kept_of_it() -> None:
    assert HITS.popularity.tolist() == [float(np.float32(0.7)), float(np.float32(0.2))]


def test_a_title_can_be_left_out() -> None:
    rest = HITS.without("b")

    assert (list(rest.ids), rest.scores.tolist(), len(rest.fields)) == (["a"], [1.5], 1)
    assert HITS.without("c").ids == HITS.without(None).ids == HITS.ids


@pytest.mark.parametrize("missing", [None, "failed"])
def test_of_nothing_all_columns_are_empty(missing: str | None) -> None:
    nothing = Hits.of(SEARCH, Answer(missing=missing))  # type: ignore[arg-type]

    assert (len(nothing), len(nothing.scores), len(nothing.popularity), nothing.missing) == (0, 0, 0, missing)
