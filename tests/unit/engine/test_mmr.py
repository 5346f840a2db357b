import numpy as np

from sona.mmr import diversified

SCORES = np.array([0.9, 0.8, 0.5])
EAST, NORTH = [1.0, 0.0], [0.0, 1.0]
VECTORS = np.array([EAST, EAST, NORTH], dtype=np.float32)


def test_without_diversity_the_best_come_first() -> None:
    assert diversified(SCORES, VECTORS, 2, 0.0).tolist() == [0, 1]


def test_with_diversity_one_unlike_those_chosen_goes_before_a_better_one_that_is_like_them() -> None:
    # second place: 0.7 · 0.8 − 0.3 · 1 = 0.26 against 0.7 · 0.5 − 0.3 · 0 = 0.35
    assert diversified(SCORES, VECTORS, 3, 0.3).tolist() == [0, 2, 1]


def test_no_more_are_chosen_than_there_are() -> None:
    assert sorted(diversified(SCORES, VECTORS, 9, 0.5).tolist()) == [0, 1, 2]
    assert diversified(np.empty(0), np.empty((0, 2), dtype=np.float32), 3, 0.5).tolist() == []
