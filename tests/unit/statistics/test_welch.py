"""Welch's test against SciPy's, which takes the raw values."""

import numpy as np
import pytest
from scipy import stats

from discovery.statistics import welch
from discovery.statistics.sample import sample_mean


def test_p_and_interval_are_scipys() -> None:
    chance = np.random.default_rng(7)
    variant, control = chance.gamma(2, 3, 40), chance.normal(5, 1, 23)
    v, c = sample_mean(variant), sample_mean(control)
    difference, error = v.value - c.value, (v.variance + c.variance) ** 0.5

    freedom = welch.freedom((v.variance, c.variance), (40, 23))
    bounds = welch.interval(difference, error, freedom)

    theirs = stats.ttest_ind(variant, control, equal_var=False)
    assert freedom == pytest.approx(theirs.df)
    assert welch.p_value(difference, error, freedom) == pytest.approx(theirs.pvalue)
    assert (bounds.low, bounds.high) == pytest.approx(tuple(theirs.confidence_interval(0.95)))


@pytest.mark.parametrize(("difference", "p"), [(0.0, 1.0), (2.0, 0.0)])
def test_without_any_variance_only_no_difference_is_chance(difference: float, p: float) -> None:
    assert welch.p_value(difference, 0.0, 10) == p
