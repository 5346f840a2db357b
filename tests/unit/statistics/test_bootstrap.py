"""Bootstrap intervals."""

import pytest

from discovery.statistics.bootstrap import bootstrapped_mean


def test_the_mean_is_of_all_values_so_that_a_large_group_counts_more() -> None:
    assert bootstrapped_mean([[1.0, 1.0, 1.0], [0.0]]).value == 0.75


def test_groups_that_are_alike_leave_no_doubt() -> None:
    found = bootstrapped_mean([[0.5, 0.5]] * 10)

    assert (found.low, found.high) == (0.5, 0.5)


def test_values_of_one_group_are_no_independent_evidence() -> None:
    alone = bootstrapped_mean([[float(n % 2)] for n in range(100)])
    in_groups = bootstrapped_mean([[float(n % 2)] * 10 for n in range(10)])

    assert in_groups.high - in_groups.low > 2 * (alone.high - alone.low)


def test_the_same_seed_gives_the_same_interval_and_nothing_is_an_error() -> None:
    groups = [[0.1, 0.4], [0.9], [0.3]]

    assert bootstrapped_mean(groups, seed=3) == bootstrapped_mean(groups, seed=3)
    with pytest.raises(ValueError, match="no values"):
        bootstrapped_mean([[]])
