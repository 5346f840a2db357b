"""The adaptive limit, alone."""

import pytest

from discovery.resilience.limit import AdaptiveLimit


def admitted(limit: AdaptiveLimit, of: int = 100) -> int:
    return sum(limit.admits() for _ in range(of))


def test_at_first_all_are_admitted() -> None:
    assert admitted(AdaptiveLimit()) == 100


@pytest.mark.parametrize("failures", [1, 2, 3, 4])
def test_each_failure_takes_part_of_the_share(failures: int) -> None:
    limit = AdaptiveLimit()
    for _ in range(failures):
        limit.failed()

    assert admitted(limit, 1000) == pytest.approx(1000 * 0.7**failures, abs=1)


def test_however_many_failures_some_find_out_whether_the_server_is_well() -> None:
    limit = AdaptiveLimit()
    for _ in range(1000):
        limit.failed()

    assert admitted(limit) == pytest.approx(10, abs=1)


def test_successes_bring_all_back_and_never_more() -> None:
    limit = AdaptiveLimit()
    for _ in range(10):
        limit.failed()
    for _ in range(100):
        limit.succeeded()

    assert limit.share == 1
    limit.failed()
    assert limit.share == 0.7


def test_those_admitted_are_spread_evenly() -> None:
    limit = AdaptiveLimit()
    limit.share = 0.25

    assert [limit.admits() for _ in range(8)] == [False, False, False, True] * 2


def test_nothing_is_learned_from_a_request_given_up_for_anothers_fault() -> None:
    limit = AdaptiveLimit()
    limit.failed()
    limit.undecided()

    assert limit.share == 0.7
