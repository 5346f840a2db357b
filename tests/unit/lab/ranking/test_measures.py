"""Measures of orders, computed by hand."""

import math

import numpy as np
import pytest

from lab.ranking.measures import graded_ndcg, intra_list_similarity, ndcg


def test_ndcg_is_discounted_by_place_and_in_proportion_to_the_best_order() -> None:
    order = np.array([False, True, False, True])

    reached = 1 / math.log2(3) + 1 / math.log2(5)
    assert ndcg(order) == pytest.approx(reached / (1 + 1 / math.log2(3)))


def test_what_comes_after_the_tenth_place_does_not_count() -> None:
    assert ndcg(np.array([False] * 10 + [True])) == 0


def test_grades_gain_two_to_the_grade_less_one_and_what_was_not_found_lowers_the_measure() -> None:
    found = graded_ndcg(np.array([1, 0, 2]), np.array([2, 1, 1]))

    assert found == pytest.approx((1 + 3 / math.log2(4)) / (3 + 1 / math.log2(3) + 1 / math.log2(4)))


def test_grades_below_0_gain_nothing() -> None:
    assert graded_ndcg(np.array([-1, 1]), np.array([1, -1])) == pytest.approx(1 / math.log2(3))


def test_similarity_is_the_mean_over_pairs_of_the_first_ten() -> None:
    same, other = [1.0, 0.0], [0.0, 1.0]

    assert intra_list_similarity(np.array([same, same, other], dtype=np.float32)) == pytest.approx(1 / 3)
    assert intra_list_similarity(np.array([same] * 10 + [other], dtype=np.float32)) == 1
    assert intra_list_similarity(np.array([same], dtype=np.float32)) == 0
