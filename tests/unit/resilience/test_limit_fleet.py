"""What the adaptive limit is for: a SONA that is too small for all searches still answers as many as it can."""

from statistics import mean

import pytest

from tests.unit.resilience.fleet import Fleet


def goodput(*, limited: bool, overload: float, drops_abandoned: bool) -> float:
    return mean(Fleet(limited, overload, drops_abandoned, seed).goodput() for seed in range(3))


@pytest.mark.parametrize("drops_abandoned", [False, True])
@pytest.mark.parametrize("overload", [1.5, 3.0])
def test_an_overloaded_engine_answers_more_searches_with_the_limit_than_without(
    overload: float, drops_abandoned: bool
) -> None:
    without, limited = (
        goodput(limited=limited, overload=overload, drops_abandoned=drops_abandoned) for limited in (False, True)
    )

    assert limited > 0.7
    assert limited > 1.1 * without


def test_an_engine_that_is_large_enough_is_asked_by_all() -> None:
    without, limited = (goodput(limited=limited, overload=0.5, drops_abandoned=False) for limited in (False, True))

    assert limited == without
