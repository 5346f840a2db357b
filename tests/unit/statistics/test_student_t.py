"""Student's t against SciPy's."""

import pytest
from scipy import stats

from discovery.statistics.student_t import critical, two_sided

_FREEDOMS = [1.0, 1.5, 3.0, 10.0, 98.3, 99.99, 100.0, 250.5, 1e4, 1e6, 1e9]


@pytest.mark.parametrize("freedom", _FREEDOMS)
def test_a_quantile_is_scipys(freedom: float) -> None:
    for confidence in (0.5, 0.9, 0.95, 0.999):
        assert critical(confidence, freedom) == pytest.approx(stats.t.ppf((1 + confidence) / 2, freedom), rel=1e-7)


@pytest.mark.parametrize("freedom", _FREEDOMS)
def test_a_probability_is_scipys(freedom: float) -> None:
    for t in (0.0, 0.1, -1.0, 2.5, 8.0):
        assert two_sided(t, freedom) == pytest.approx(2 * stats.t.sf(abs(t), freedom), rel=1e-6, abs=1e-12)
