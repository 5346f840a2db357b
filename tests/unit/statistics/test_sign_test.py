"""The sign test against SciPy's binomial test."""

import pytest
from scipy import stats

from discovery.statistics.sign_test import sign_test


@pytest.mark.parametrize(("first", "second"), [(7, 3), (3, 7), (50, 50), (120, 80), (1, 0)])
def test_p_is_the_binomial_tests(first: int, second: int) -> None:
    assert sign_test(first, second) == pytest.approx(stats.binomtest(first, first + second).pvalue)


def test_p_of_many_people_is_nearly_the_binomial_tests() -> None:
    assert sign_test(2100, 1950) == pytest.approx(stats.binomtest(2100, 4050).pvalue, rel=0.01)


def test_nobody_prefers_either() -> None:
    assert sign_test(0, 0) == 1.0
