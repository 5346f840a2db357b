"""Sample ratio mismatch."""

import math

import numpy as np
import pytest

from discovery.statistics.sample_ratio import CONCENTRATION, mismatch_p

_EVEN = {"a": 0.5, "b": 0.5}


def test_p_is_one_over_the_ratio_of_the_likelihoods() -> None:
    """Of 30 and 0 people: the beta-binomial likelihood, as a product person by person, over that of fair coins."""
    prior = CONCENTRATION / 2
    mixture = math.prod((prior + person) / (CONCENTRATION + person) for person in range(30))

    assert mismatch_p({"a": 30, "b": 0}, _EVEN) == pytest.approx(0.5**30 / mixture)


def test_people_as_meant_are_no_mismatch() -> None:
    assert mismatch_p({"a": 5000, "b": 5000}, _EVEN) == 1.0
    assert mismatch_p({"a": 0, "b": 0}, _EVEN) == 1.0


def test_a_share_that_is_two_points_off_is_found_among_twenty_thousand() -> None:
    assert mismatch_p({"a": 10_400, "b": 9_600}, _EVEN) < 0.001 < mismatch_p({"a": 10_100, "b": 9_900}, _EVEN)


def test_anybody_where_nobody_was_meant_is_a_mismatch() -> None:
    assert mismatch_p({"a": 500, "b": 500, "gone": 1}, {**_EVEN, "gone": 0.0}) == 0.0


def test_a_look_after_every_fifty_people_keeps_its_promise() -> None:
    chance = np.random.default_rng(2)
    fired = 0
    for _ in range(500):
        first = chance.binomial(50, 0.5, 100).cumsum()
        counts = ({"a": int(n), "b": (look + 1) * 50 - int(n)} for look, n in enumerate(first))
        fired += any(mismatch_p(count, _EVEN) < 0.05 for count in counts)

    assert fired <= 25
