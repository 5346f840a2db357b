"""Relevance as a sum."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from discovery.retrieval.evidence import parts_of_relevance, spread, sum_of_parts

WEIGHTS = {"keyword": 3.0, "title": 1.0}
UNIT = st.floats(0, 1)


def test_each_part_is_evidence_times_weight_in_proportion_to_the_best_sum() -> None:
    parts = parts_of_relevance({"keyword": np.array([1.0, 0.5]), "title": np.array([1.0, 0.0])}, WEIGHTS)

    assert {kind: part.tolist() for kind, part in parts.items()} == {"keyword": [0.75, 0.375], "title": [0.25, 0.0]}


def test_without_evidence_nothing_is_relevant() -> None:
    parts = parts_of_relevance({"keyword": np.zeros(2), "title": np.zeros(2)}, WEIGHTS)

    assert sum_of_parts(parts).tolist() == [0.0, 0.0]
    assert not len(sum_of_parts(parts_of_relevance({"keyword": np.empty(0)}, WEIGHTS)))


@given(st.lists(st.tuples(UNIT, UNIT, UNIT), min_size=1, max_size=20), st.floats(0.01, 100), st.floats(0, 100))
def test_relevance_stays_between_0_and_1_and_the_best_is_1(
    rows: list[tuple[float, float, float]], first: float, second: float
) -> None:
    keyword, title, other = (np.array(column) for column in zip(*rows, strict=True))
    weights = {"keyword": first, "title": second, "other": 0.1}

    relevance = sum_of_parts(parts_of_relevance({"keyword": keyword, "title": title, "other": other}, weights))

    assert relevance.min() >= 0
    assert relevance.max() <= 1
    assert relevance.max() == pytest.approx(1) or relevance.max() < 1e-9


def test_values_of_some_places_are_spread_over_all() -> None:
    assert spread(np.array([0.5, 1.0]), np.array([2, 0]), 3).tolist() == [1.0, 0.0, 0.5]
    assert spread(np.array([0.5]), np.array([1]), 2, default=np.nan).tolist() == pytest.approx(
        [np.nan, 0.5], nan_ok=True
    )
