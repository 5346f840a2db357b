"""Weighted reciprocal rank fusion; every figure here is worked out by hand."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from discovery.retrieval.fusion import min_max, popularity_prior, reciprocal_rank_fusion, scattered


def fuse(rankings: list[tuple[float, list[int]]], *, k: int = 60) -> list[tuple[int, float]]:
    """Documents that some list ranks, with their scores, best first, ties by number."""
    lists = [(weight, np.array(of, dtype=np.intp)) for weight, of in rankings]
    scores = reciprocal_rank_fusion(lists, 51, k=k).tolist()
    return sorted(((number, score) for number, score in enumerate(scores) if score), key=lambda item: -item[1])


def scaled(scores: list[float]) -> list[float]:
    return [float(value) for value in min_max(np.array(scores, dtype=np.float64))]


RANKINGS = st.lists(st.tuples(st.floats(0.01, 1), st.lists(st.integers(0, 50), unique=True)), min_size=1, max_size=4)


def test_a_score_is_the_sum_of_weight_over_k_plus_rank() -> None:
    rankings = [(0.35, [7, 3]), (0.20, [3, 9, 7])]

    fused = dict(fuse(rankings, k=60))

    assert fused[7] == pytest.approx(float(Fraction(35, 100) / 61 + Fraction(20, 100) / 63))
    assert fused[3] == pytest.approx(float(Fraction(35, 100) / 62 + Fraction(20, 100) / 61))
    assert fused[9] == pytest.approx(float(Fraction(20, 100) / 62))


def test_the_best_comes_first() -> None:
    # 7: 0.35/61 + 0.20/63 = 0.008912; 3: 0.35/62 + 0.20/61 = 0.008924; 9: 0.20/62 = 0.003226
    assert [row for row, _ in fuse([(0.35, [7, 3]), (0.20, [3, 9, 7])], k=60)] == [3, 7, 9]


def test_a_small_k_lets_one_lists_first_place_win() -> None:
    # k = 1: 7: 0.35/2 + 0.20/4 = 0.225; 3: 0.35/3 + 0.20/2 = 0.2167
    assert [row for row, _ in fuse([(0.35, [7, 3]), (0.20, [3, 9, 7])], k=1)] == [7, 3, 9]


def test_equal_scores_are_in_order_of_number() -> None:
    assert [row for row, _ in fuse([(0.5, [8, 2]), (0.5, [2, 8])], k=60)] == [2, 8]


@pytest.mark.parametrize("rankings", [[(0.35, [])], [(0.35, []), (0.2, [])]])
def test_nothing_found_fuses_to_nothing(rankings: list[tuple[float, list[int]]]) -> None:
    assert fuse(rankings, k=60) == []


def test_every_document_has_a_score_and_those_that_no_list_ranks_have_none() -> None:
    scores = reciprocal_rank_fusion([(0.5, np.array([1], dtype=np.intp))], 4, k=60)

    assert scores.tolist() == [0, 0.5 / 61, 0, 0]


@given(RANKINGS)
def test_every_row_that_a_list_holds_comes_once_and_in_order_of_score(rankings: list[tuple[float, list[int]]]) -> None:
    fused = fuse(rankings, k=60)

    assert sorted(row for row, _ in fused) == sorted({row for _, rows in rankings for row in rows})
    assert fused == sorted(fused, key=lambda item: (-item[1], item[0]))


def test_min_max_puts_the_best_at_one_and_the_worst_at_zero() -> None:
    assert scaled([0.03, 0.02, 0.01]) == pytest.approx([1.0, 0.5, 0.0])


@pytest.mark.parametrize(("scores", "expected"), [([], []), ([0.02], [1.0]), ([0.02, 0.02], [1.0, 1.0])])
def test_what_cannot_be_scaled_is_all_ones(scores: list[float], expected: list[float]) -> None:
    assert scaled(scores) == expected


@given(st.lists(st.floats(0, 1), min_size=1))
def test_min_max_stays_in_the_unit_interval_and_keeps_the_order(scores: list[float]) -> None:
    found = scaled(scores)

    assert all(0 <= value <= 1 for value in found)
    assert max(found) == 1
    assert sorted(found) == [value for _, value in sorted(zip(scores, found, strict=True))]


def test_the_prior_orders_by_popularity_then_number_and_leaves_out_the_unknown() -> None:
    assert popularity_prior(np.array([0.0, 0.5, 0.9, 0.0, 0.5], dtype=np.float32)).tolist() == [2, 1, 4]


def test_many_documents_of_one_popularity_are_in_order_of_number() -> None:
    popularity = np.tile(np.array([0.5, 0.9], dtype=np.float32), 500)

    assert popularity_prior(popularity).tolist() == [*range(1, 1000, 2), *range(0, 1000, 2)]


def test_scattered_scores_stand_at_their_documents_and_nan_elsewhere() -> None:
    found = scattered(np.array([3.0, 2.0]), np.array([4, 1]), 5)

    assert found == pytest.approx([np.nan, 2.0, np.nan, np.nan, 3.0], nan_ok=True)
