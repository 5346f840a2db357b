"""What can be found, and by how many."""

import math

import pytest

from discovery.statistics.power import detectable, fixed, people_needed
from discovery.statistics.sequences import boundary


def test_sixteen_variances_over_the_square_of_the_difference() -> None:
    """The rule of thumb of Kohavi, Tang and Xu (17.8): 16 σ²/δ² a variant; 15.7 before rounding."""
    sigma, difference = 3.0, 0.5

    both = people_needed(2 * sigma, difference, fixed)

    assert both / 2 == pytest.approx(15.7 * sigma**2 / difference**2, rel=0.01)


@pytest.mark.parametrize("critical", [fixed, boundary])
def test_the_people_needed_detect_the_difference(critical: object) -> None:
    assert callable(critical)
    people = people_needed(4.0, 0.1, critical)

    assert detectable(4.0, people, critical) == pytest.approx(0.1, rel=0.001)


def test_looking_every_day_takes_more_people() -> None:
    assert people_needed(4.0, 0.1, boundary) > people_needed(4.0, 0.1, fixed)


def test_nothing_is_never_found() -> None:
    assert people_needed(4.0, 0.0, fixed) == math.inf
