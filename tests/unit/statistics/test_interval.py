"""Intervals."""

from discovery.statistics.interval import Interval, around


def test_an_interval_around_a_value_reaches_as_far_to_both_sides() -> None:
    assert around(3.0, 0.5) == Interval(2.5, 3.5)


def test_a_side_without_a_bound_holds_everything() -> None:
    assert Interval(None, 2.0).holds(-1e9)
    assert not Interval(None, 2.0).holds(2.1)
    assert Interval(1.0, None).holds(1.0)
    assert not Interval(1.0, None).holds(0.9)
