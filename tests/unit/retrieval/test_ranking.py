"""Choosing the greatest."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from discovery.retrieval.ranking import Ranking, greatest, union


@pytest.mark.parametrize(
    ("count", "expected"), [(0, []), (1, [1]), (2, [1, 3]), (3, [1, 3, 0]), (4, [1, 3, 0, 2]), (9, [1, 3, 0, 2])]
)
def test_the_greatest_come_first_and_equals_by_place(count: int, expected: list[int]) -> None:
    assert greatest(np.array([0.2, 0.5, 0.1, 0.5]), count).tolist() == expected


@given(st.lists(st.sampled_from([-1.0, 0.0, 0.25, 0.5, 1.0])), st.integers(1, 20))
def test_they_are_the_first_of_a_whole_sort(values: list[float], count: int) -> None:
    whole = np.lexsort((np.arange(len(values)), -np.array(values)))

    assert greatest(np.array(values), count).tolist() == whole[:count].tolist()


@pytest.mark.parametrize("count", [1, 200, 1_500, 30_000])
@pytest.mark.parametrize(
    "values",
    [
        pytest.param(np.random.default_rng(1).random(150_000), id="all differ"),
        pytest.param(np.random.default_rng(1).integers(0, 5, 150_000).astype(np.float64), id="most are equal"),
        pytest.param(np.arange(150_000.0), id="the greatest are last"),
        pytest.param(np.where(np.arange(150_000) % 61 == 0, 1.0, 0.0), id="all of the sample are greater"),
        pytest.param(np.where(np.arange(150_000) % 61 == 1, 1.0, 0.0), id="none of the sample is greater"),
    ],
)
def test_of_very_many_too(values: NDArray[np.float64], count: int) -> None:
    whole = np.lexsort((np.arange(len(values)), -values))

    assert greatest(values, count).tolist() == whole[:count].tolist()


def test_a_union_has_each_row_once_and_says_where_those_of_each_ranking_are() -> None:
    rankings = {"words": Ranking(np.array([7, 2])), "title": Ranking(np.array([2, 5])), "topic": Ranking()}

    rows, at = union(rankings, 9)

    assert rows.tolist() == [2, 5, 7]
    assert {name: places.tolist() for name, places in at.items()} == {"words": [2, 0], "title": [0, 1], "topic": []}
