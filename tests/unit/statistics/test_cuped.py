"""CUPED."""

import numpy as np
import pytest

from discovery.statistics.cuped import cuped
from discovery.statistics.sample import sample_mean


def test_theta_is_the_slope_within_the_variants() -> None:
    """Within each, values rise by 2 for each 1 before; between them, by 10 that the variant made."""
    before = np.array([1.0, 2.0, 3.0])

    found = cuped((sample_mean(2 * before + 10), sample_mean(2 * before)), (before, before))

    assert found is not None
    assert found.theta == pytest.approx(2.0)
    assert found.samples[0].value - found.samples[1].value == pytest.approx(10.0)
    assert found.samples[0].variance == pytest.approx(0.0)


def test_it_takes_out_a_difference_that_was_there_before() -> None:
    early, late = np.array([1.0, 2.0, 3.0]), np.array([4.0, 5.0, 6.0])

    found = cuped((sample_mean(late), sample_mean(early)), (late, early))

    assert found is not None
    assert found.samples[0].value == pytest.approx(found.samples[1].value) == pytest.approx(3.5)


def test_what_is_left_is_one_less_the_squared_correlation() -> None:
    """Deng et al. 2013, equation 5."""
    chance = np.random.default_rng(5)
    before = chance.gamma(2, 2, 20_000)
    after = before + chance.normal(0, 3, 20_000)

    found = cuped((sample_mean(after),), (before,))

    assert found is not None
    correlation = np.corrcoef(before, after)[0, 1]
    assert found.samples[0].variance / sample_mean(after).variance == pytest.approx(1 - correlation**2)


def test_a_period_before_in_which_all_did_the_same_says_nothing() -> None:
    values = np.array([1.0, 2.0, 4.0])

    assert cuped((sample_mean(values), sample_mean(values)), (np.zeros(3), np.zeros(3))) is None
