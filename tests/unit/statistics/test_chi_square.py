"""Chi-square against the tables of Abramowitz and Stegun, and by hand."""

import pytest

from discovery.statistics.chi_square import goodness_of_fit, independence, survival


@pytest.mark.parametrize(
    ("statistic", "freedom", "p"),
    [
        (0.0, 1, 1.0),
        (3.841459, 1, 0.05),
        (5.991465, 2, 0.05),
        (7.814728, 3, 0.05),
        (13.276704, 4, 0.01),
        (11.070498, 5, 0.05),
        (18.307038, 10, 0.05),
        (37.652484, 25, 0.05),
        (300.0, 289, 0.3157887563),  # by Simpson's rule over the density, as the next
        (700.0, 625, 0.0196692373),
    ],
)
def test_p_is_that_of_the_tables(statistic: float, freedom: int, p: float) -> None:
    assert survival(statistic, freedom) == pytest.approx(p, abs=1e-6)


def test_counts_as_meant_fit() -> None:
    assert goodness_of_fit({"a": 50, "b": 150}, {"a": 0.25, "b": 0.75}) == (0.0, 1, 1.0)


def test_the_statistic_is_that_by_hand() -> None:
    """(60 - 50)² / 50 + (40 - 50)² / 50 = 4"""
    found = goodness_of_fit({"a": 60, "b": 40}, {"a": 0.5, "b": 0.5, "never": 0.0})

    assert (found.statistic, found.freedom) == (4.0, 1)
    assert found.p == pytest.approx(0.0455, abs=1e-4)


def test_nobody_fits_anything() -> None:
    assert goodness_of_fit({}, {"a": 1.0}).p == 1.0


def test_independent_pairs_have_no_correlation() -> None:
    found, v = independence({("a", "x"): 10, ("a", "y"): 30, ("b", "x"): 20, ("b", "y"): 60})

    assert v == pytest.approx(0.0)
    assert found.p == pytest.approx(1.0)
    assert found.freedom == 1


def test_pairs_that_always_go_together_have_the_correlation_one() -> None:
    found, v = independence({("a", "x"): 50, ("b", "y"): 50})

    assert v == pytest.approx(1.0)
    assert found.statistic == pytest.approx(100.0)


def test_a_single_outcome_says_nothing() -> None:
    assert independence({("a", "x"): 5})[1] == 0.0
