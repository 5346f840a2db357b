"""Churn, by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from discovery.statistics.churn import churn


@pytest.mark.parametrize(
    ("after", "depth", "expected"),
    [
        ("abcde", 3, 0),
        ("cabde", 3, 0),  # the same three in another order
        ("abdce", 3, 1 / 3),
        ("deabc", 3, 2 / 3),
        ("edcba", 2, 1),
        ("edcba", 10, 0),  # a list of five has no more than five places
    ],
)
def test_churn_is_the_share_of_the_first_places_that_others_have_taken(after: str, depth: int, expected: float) -> None:
    assert churn("abcde", after, depth=depth) == pytest.approx(expected)


def test_where_there_is_nothing_there_is_no_churn() -> None:
    assert churn([], [], depth=10) == 0


@given(after=st.permutations(range(30)), depth=st.integers(1, 40))
def test_it_is_a_share_the_same_both_ways_and_nothing_for_equal_rankings(after: list[int], depth: int) -> None:
    before = list(range(30))

    assert 0 <= churn(before, after, depth=depth) <= 1
    assert churn(before, after, depth=depth) == churn(after, before, depth=depth)
    assert churn(after, after, depth=depth) == 0
