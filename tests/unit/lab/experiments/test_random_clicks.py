"""People who click at random, and whether anything is made of it."""

import numpy as np

from lab.experiments.leaving import Drafts
from lab.experiments.random_clicks import HABITS, random_clicks
from tests.unit.lab.experiments.made import a_world

PAIR = ("control", "medium_boost")


def test_who_clicks_at_random_is_rarely_said_to_prefer_a_weight() -> None:
    found = random_clicks(a_world(), [PAIR], 4, lambda: None)

    assert list(found.decided) == list(HABITS)
    assert sum(decided[:, 0].sum() for decided in found.decided.values()) <= 2  # of 12, where each may at 5 %


def test_each_rank_gives_both_weights_the_same_credit_on_average() -> None:
    shares = Drafts.of(a_world(), PAIR).shares

    by_rank = shares.mean(axis=(0, 1, 2))[:6]

    assert np.allclose(by_rank, 0.5, atol=0.15)
