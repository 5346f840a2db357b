"""Growth: what is reckoned beyond the largest bundle."""

import pytest

from lab.scale.__main__ import beyond
from lab.scale.searched import queries


def test_ten_times_the_largest_is_on_the_line_through_the_two_largest() -> None:
    assert beyond([7.0, 10.0, 28.0], [1, 10, 100]) == pytest.approx(28 + 0.2 * 900)


def test_of_one_bundle_alone_it_is_in_proportion() -> None:
    assert beyond([3.0], [100]) == 30


def test_the_queries_are_the_same_at_every_run_and_each_once() -> None:
    assert queries(50) == queries(50)
    assert len(set(queries(50))) == 50
