"""Calibration, computed by hand."""

import math

import numpy as np
import pytest

from discovery.personalization.calibration import Calibration

NONE = math.nan


def test_means_and_spreads_are_those_of_the_window_and_of_the_scores_that_arrived() -> None:
    # Variances (0.3² + 0.1² + 0.1² + 0.3²) / 4 = 0.05 and (0.1² + 0.1²) / 2 = 0.01
    measured = Calibration.measured([1.0, 0.8, 0.6, 0.4], [0.5, 0.7])

    assert measured.relevance_mean == pytest.approx(0.7)
    assert measured.relevance_spread == pytest.approx(math.sqrt(0.05))
    assert (measured.score_mean, measured.score_spread) == pytest.approx((0.6, 0.1))


def test_scores_get_the_mean_and_spread_of_relevance() -> None:
    applied = Calibration(0.4, 0.2, 0.55, 0.05).applied(np.array([0.5, 0.55, 0.65]))

    # One spread below the mean, the mean, and two spreads above it
    assert applied == pytest.approx([0.2, 0.4, 0.8])


def test_a_spread_of_thousandths_is_not_stretched_to_that_of_relevance() -> None:
    applied = Calibration(0.4, 0.2, 0.55, 0.005).applied(np.array([0.545, 0.55, 0.56]))

    # −0.005, 0 and 0.01 by 0.02: −¼, 0 and ½ of relevance's spread
    assert applied == pytest.approx([0.35, 0.4, 0.5])


def test_a_score_far_from_all_others_is_five_spreads_away_at_most() -> None:
    applied = Calibration(0.4, 0.1, 0.1, 0.05).applied(np.array([0.0, 0.3, 0.36, 0.9]))

    # −2, 4, 5.2 and 16 spreads
    assert applied == pytest.approx([0.2, 0.8, 0.9, 0.9])


def test_want_of_a_score_is_the_mean_relevance() -> None:
    applied = Calibration(0.4, 0.2, 0.55, 0.05).applied(np.array([NONE, 0.6]))

    assert applied == pytest.approx([0.4, 0.6])


def test_equal_scores_say_nothing() -> None:
    assert Calibration(0.4, 0.2, 0.55, 0.0).applied(np.array([0.55, NONE, 0.9])).tolist() == [0.4, 0.4, 0.4]


def test_where_relevance_is_equal_scores_keep_their_own_spread() -> None:
    assert Calibration(0.4, 0.0, 0.55, 0.05).applied(np.array([0.5, NONE, 0.6])) == pytest.approx([0.35, 0.4, 0.45])


def test_where_both_are_equal_all_are_alike() -> None:
    assert Calibration(0.4, 0.0, 0.5, 0.0).applied(np.array([0.5, NONE])).tolist() == [0.4, 0.4]


@pytest.mark.parametrize("count", range(1, 101))
def test_a_rounding_error_is_no_spread(count: int) -> None:
    measured = Calibration.measured([0.1] * count, [0.7] * count)

    assert (measured.relevance_spread, measured.score_spread) == (0, 0)


def test_a_spread_that_is_small_counts() -> None:
    measured = Calibration.measured([0.5, 0.5 + 2e-9], [0.0, 4e-9])

    assert measured.relevance_spread == pytest.approx(1e-9, rel=1e-6)
    assert measured.score_spread == pytest.approx(2e-9)
