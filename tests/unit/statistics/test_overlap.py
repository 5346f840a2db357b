"""Rank-biased overlap, by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from discovery.statistics.overlap import rank_biased_overlap


@pytest.mark.parametrize(
    ("b", "p", "expected"),
    [
        # agreement at depth 1, 2, 3: 0, 1, 1      0.5·0 + 0.25·1 + 0.125·1 + 0.125 = 0.5
        ("bac", 0.5, 0.5),
        # 1, 1/2, 1      0.5·1 + 0.25·(1/2) + 0.125·1 + 0.125 = 0.875
        ("acb", 0.5, 0.875),
        # 0, 1/2, 1      0.5·0 + 0.25·(1/2) + 0.125 + 0.125 = 0.375
        ("cba", 0.5, 0.375),
        # 0, 1/2, 1 at p = 0.9      0.1·0 + 0.09·(1/2) + 0.081 + 0.729 = 0.855
        ("cba", 0.9, 0.855),
        # 1, 1/2, 1 at p = 0.9      0.1·1 + 0.09·(1/2) + 0.081 + 0.729 = 0.955
        ("acb", 0.9, 0.955),
    ],
)
def test_agreement_counts_less_with_each_place(b: str, p: float, expected: float) -> None:
    assert rank_biased_overlap("abc", b, p=p) == pytest.approx(expected)


def test_rankings_with_nothing_in_common_do_not_overlap() -> None:
    assert rank_biased_overlap("abc", "xyz") == pytest.approx(0)


def test_a_change_at_the_top_weighs_more_than_one_at_the_bottom() -> None:
    assert rank_biased_overlap("abcdef", "bacdef") < rank_biased_overlap("abcdef", "abcdfe") < 1


def test_empty_and_single_rankings_are_equal_to_themselves() -> None:
    assert rank_biased_overlap("", "") == rank_biased_overlap("a", "a") == 1


def test_rankings_of_unequal_length_are_refused() -> None:
    with pytest.raises(ValueError, match="shorter"):
        rank_biased_overlap("abc", "ab")


@given(b=st.permutations(range(40)), p=st.floats(0.01, 0.99))
def test_it_is_1_for_equal_rankings_symmetric_and_in_the_unit_interval(b: list[int], p: float) -> None:
    a = list(range(40))
    overlap = rank_biased_overlap(a, b, p=p)

    assert rank_biased_overlap(b, b, p=p) == 1
    assert overlap == rank_biased_overlap(b, a, p=p)
    assert 0 <= overlap <= 1
    assert (overlap == 1) == (a == b) or p < 0.1  # where a difference far down can weigh less than a double can tell


@given(b=st.permutations(range(12)), p=st.floats(0.05, 0.95))
def test_it_is_the_formula_as_it_is_written_down(b: list[int], p: float) -> None:
    a = list(range(12))
    agreement = [len(set(a[:depth]) & set(b[:depth])) / depth for depth in range(1, 13)]
    summed = sum(agreed * p**depth for depth, agreed in enumerate(agreement, start=1))

    assert rank_biased_overlap(a, b, p=p) == pytest.approx((1 - p) / p * summed + agreement[-1] * p**12)
