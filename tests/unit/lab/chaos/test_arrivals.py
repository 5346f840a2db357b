"""Searches arrive at random, in order, as many as asked for on average."""

import random
from itertools import pairwise

import pytest

from lab.chaos.arrivals import arrivals


def moments_of(per_second: float, seconds: float) -> list[float]:
    return arrivals(per_second, seconds, random.Random(1))  # noqa: S311 - a schedule, not a secret


def test_moments_are_in_order_and_within_the_load() -> None:
    moments = moments_of(20.0, 10.0)

    assert moments == sorted(moments)
    assert moments[0] > 0
    assert moments[-1] < 10


def test_the_rate_is_what_was_asked_for_and_gaps_vary_as_much_as_they_last() -> None:
    moments = moments_of(20.0, 1000.0)
    gaps = [later - earlier for earlier, later in pairwise(moments)]
    mean = sum(gaps) / len(gaps)
    deviation = (sum((gap - mean) ** 2 for gap in gaps) / len(gaps)) ** 0.5

    assert len(moments) == pytest.approx(20_000, rel=0.03)
    assert deviation == pytest.approx(mean, rel=0.05)  # of the exponential distribution


def test_a_load_without_time_has_no_searches() -> None:
    assert moments_of(20.0, 0.0) == []
