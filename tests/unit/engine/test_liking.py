import numpy as np
import pytest

from sona.liking import liking


@pytest.mark.parametrize(
    ("stars", "completion", "rewatched", "dismissed", "expected"),
    [
        (5, 1, False, False, 1.0),
        (4, 1, False, False, 0.7),
        (3.5, 1, False, False, 0.55),
        (0.5, 1, False, False, 0.1),
        (0, 0.9, False, False, 0.7),
        (0, 0.55, False, False, 0.4),
        (0, 0.1, False, False, 0.1),
        (2, 1, True, False, 0.3),
        (5, 1, True, False, 1.0),
        (5, 1, True, True, 0.0),
    ],
)
def test_liking_is_that_of_the_table(
    stars: float, completion: float, rewatched: bool, dismissed: bool, expected: float
) -> None:
    found = liking(np.array([stars]), np.array([completion]), np.array([rewatched]), np.array([dismissed]))

    assert found.tolist() == pytest.approx([expected])
