import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from discovery.statistics.bootstrap import bootstrapped_median
from discovery.statistics.percentiles import percentile, spread

samples = st.lists(st.floats(0.001, 1000), min_size=1, max_size=50)


def test_a_percentile_lies_between_its_neighbours() -> None:
    assert percentile([4, 1, 3, 2], 0.5) == 2.5
    assert percentile([10, 20, 30, 40, 50], 0.95) == pytest.approx(48)


@given(samples)
def test_the_outermost_percentiles_are_the_extremes(values: list[float]) -> None:
    assert percentile(values, 0) == min(values)
    assert percentile(values, 1) == max(values)


def test_no_samples_have_no_percentile() -> None:
    with pytest.raises(ValueError, match="no samples"):
        percentile([], 0.5)


def test_the_spread_is_the_middle_half_over_the_median() -> None:
    assert spread([8, 9, 10, 11, 12]) == pytest.approx(0.2)
    assert spread([3, 3, 3]) == 0


@given(samples)
def test_the_interval_holds_the_median(values: list[float]) -> None:
    interval = bootstrapped_median(values)
    assert min(values) <= interval.low <= interval.high <= max(values)
    assert interval.low <= interval.value <= interval.high


def test_the_interval_narrows_with_more_blocks() -> None:
    chance = random.Random(1)  # noqa: S311 - a test's samples
    values = [chance.gauss(10, 1) for _ in range(200)]
    few, many = bootstrapped_median(values[:8]), bootstrapped_median(values)
    assert many.high - many.low < few.high - few.low


def test_the_same_values_have_the_same_interval() -> None:
    assert bootstrapped_median([1, 2, 5, 9]) == bootstrapped_median([1, 2, 5, 9])
