"""Estimates and what each person sways them by."""

import numpy as np
import pytest

from discovery.statistics.sample import sample_mean, sample_ratio


def test_the_variance_of_a_mean_is_that_by_hand() -> None:
    """Squares about 3: 4 + 0 + 4 = 8; 8 / 2 / 3."""
    found = sample_mean(np.array([1.0, 3.0, 5.0]))

    assert (found.value, found.people) == (3.0, 3)
    assert found.variance == pytest.approx(4 / 3)


def test_a_ratio_is_of_the_sums_and_not_the_mean_of_ratios() -> None:
    assert sample_ratio(np.array([1.0, 0.0]), np.array([1.0, 9.0])).value == pytest.approx(0.1)


def test_the_variance_of_a_ratio_is_the_textbooks() -> None:
    """Var(x̄/ȳ) ≈ (var(x) − 2R cov(x, y) + R² var(y)) / (n ȳ²): Deng, Knoblich and Lu 2018, equation 3."""
    chance = np.random.default_rng(3)
    searches = (1 + chance.poisson(4, 500)).astype(np.float64)
    clicked = chance.binomial(searches.astype(int), 0.3).astype(float)
    (var_x, covariance), (_, var_y) = np.cov(clicked, searches)
    ratio, mean = clicked.sum() / searches.sum(), searches.mean()

    found = sample_ratio(clicked, searches)

    assert found.value == pytest.approx(ratio)
    textbook = (var_x - 2 * ratio * covariance + ratio**2 * var_y) / (500 * mean**2)
    assert found.variance == pytest.approx(textbook)


def test_alike_searches_of_one_person_count_once() -> None:
    """A person who always clicks, and one who never does, are two people however often they search."""
    once = sample_ratio(np.array([1.0, 0.0] * 50), np.ones(100))
    often = sample_ratio(np.array([100.0, 0.0] * 50), np.full(100, 100.0))

    assert often.variance == pytest.approx(once.variance)


def test_a_ratio_over_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="sum to 0"):
        sample_ratio(np.array([1.0, 2.0]), np.zeros(2))
