"""Windows in the order of the blend."""

import numpy as np
import pytest

from lab.ranking.blended import by_finals, diverse, finals, ordered
from lab.ranking.cases import Cases
from lab.ranking.ratings import Person
from tests.unit.lab.ranking.made import a_window

SCORES = np.array([0.1, 0.2, 0.3, 0.4])


def test_a_weight_of_0_is_the_order_of_relevance_and_one_of_1_that_of_the_scores() -> None:
    window = a_window()

    assert by_finals(finals(window, SCORES, 0.0)).tolist() == [0, 1, 2, 3]
    assert by_finals(finals(window, SCORES, 1.0)).tolist() == [3, 2, 1, 0]


def test_a_like_that_comes_further_up_raises_ndcg_and_costs_no_churn_within_the_first_ten() -> None:
    cases = Cases.of([Person("ana", [], frozenset({"paprika"}))], [a_window()])

    control, alone = (ordered(cases, lambda _: _by_id(cases), weight) for weight in (0.0, 1.0))

    assert (control.ndcg[0], alone.ndcg[0]) == pytest.approx((1 / np.log2(5), 1))
    assert alone.churn[0] == 0
    assert alone.similarity[0] == pytest.approx(1 / 6)  # one of six pairs


def test_diversity_puts_what_is_like_the_first_ones_further_down() -> None:
    window = a_window((0.4, 1.0, 0.9, 0.8))

    plain = by_finals(window.candidates.relevance)
    diversified = diverse(window.candidates.relevance, window, 0.3)

    assert plain.tolist() == [1, 2, 3, 0]
    assert diversified.tolist()[:2] == [1, 3]


def test_equal_values_are_no_reason_to_fail() -> None:
    assert sorted(diverse(np.ones(4), a_window(), 0.1).tolist()) == [0, 1, 2, 3]


def _by_id(cases: Cases) -> np.ndarray:
    return np.array([SCORES[a_window().ids.index(content_id)] for content_id in cases.ids])
