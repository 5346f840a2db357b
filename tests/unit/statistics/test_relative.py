"""Relative differences."""

import numpy as np
import pytest

from discovery.statistics.relative import relative_interval


def test_the_bounds_are_where_the_difference_to_that_multiple_of_control_is_on_the_edge() -> None:
    """By Fieller's own definition: (variant − (1 + r) · control)² = critical² · its variance."""
    found = relative_interval(11.0, 10.0, (0.09, 0.16), 0.02, 1.96)

    for bound in (found.low, found.high):
        assert bound is not None
        ratio = 1 + bound
        variance = 0.09 - 2 * ratio * 0.02 + ratio**2 * 0.16
        assert (11.0 - ratio * 10.0) ** 2 == pytest.approx(1.96**2 * variance)
    assert found.holds(0.1)


def test_fiellers_own_example() -> None:
    """Means 0.8 and 0.4 with standard errors 0.1 and 0.05, critical 2: 1 + r in [1.2307, 3.2], by the formula.

    g = (2 · 0.05 / 0.4)² = 1/16; (2 ± 2/0.4 · √(0.01 − g · 0.01 + 4 · 0.0025)) / (1 − g).
    """
    g = 1 / 16
    root = 2 / 0.4 * np.sqrt(0.01 - g * 0.01 + 4 * 0.0025)

    found = relative_interval(0.8, 0.4, (0.01, 0.0025), 0.0, 2.0)

    assert found.low == pytest.approx((2 - root) / (1 - g) - 1)
    assert found.high == pytest.approx((2 + root) / (1 - g) - 1)


def test_it_excludes_0_just_when_the_difference_does() -> None:
    for variant in np.linspace(9.0, 11.0, 101):
        found = relative_interval(float(variant), 10.0, (0.04, 0.05), 0.0, 1.96)
        assert found.holds(0.0) == (abs(variant - 10.0) <= 1.96 * 0.3)


def test_a_control_that_may_be_0_bounds_nothing() -> None:
    found = relative_interval(1.0, 0.1, (0.01, 0.01), 0.0, 1.96)

    assert (found.low, found.high) == (None, None)
    assert found.holds(1e9)
