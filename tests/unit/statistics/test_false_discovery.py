"""Benjamini and Hochberg's own example, and SciPy's."""

import numpy as np
import pytest
from scipy import stats

from discovery.statistics.false_discovery import adjusted

_PAPER = [
    0.0001,
    0.0004,
    0.0019,
    0.0095,
    0.0201,
    0.0278,
    0.0298,
    0.0344,
    0.0459,
    0.3240,
    0.4262,
    0.5719,
    0.6528,
    0.7590,
    1.0,
]


def test_of_the_papers_fifteen_hypotheses_four_are_rejected() -> None:
    """Benjamini and Hochberg 1995, section 4."""
    assert sum(p <= 0.05 for p in adjusted(_PAPER)) == 4


def test_adjusted_p_values_are_scipys_in_any_order() -> None:
    shuffled = np.random.default_rng(1).permutation(_PAPER).tolist()

    assert adjusted(shuffled) == pytest.approx(stats.false_discovery_control(shuffled).tolist())


def test_one_alone_is_left_as_it_is() -> None:
    assert adjusted([0.03]) == [0.03]
    assert adjusted([]) == []
