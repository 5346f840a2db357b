"""Planes of bits: their sums are the sums of whole numbers, and the greatest are found exactly."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from discovery.catalogue.bit_planes import BitPlanes, Plane, added

COUNT, DIMENSIONS = 1_000, 256


def numbers_of(sums: dict[int, Plane], count: int) -> NDArray[np.int64]:
    numbers = np.zeros(count, dtype=np.int64)
    for power, plane in sums.items():
        numbers += np.unpackbits(plane.view(np.uint8), count=count, bitorder="little").astype(np.int64) << power
    return numbers


@pytest.fixture(scope="module")
def along() -> NDArray[np.float32]:
    return np.random.default_rng(1).normal(size=(COUNT, DIMENSIONS)).astype(np.float32)


@pytest.fixture(scope="module")
def planes(along: NDArray[np.float32]) -> BitPlanes:
    planes = BitPlanes.empty(COUNT, DIMENSIONS)
    planes.fill(0, along)
    return planes


@given(
    powers=st.lists(st.integers(0, 5), max_size=60),
    seed=st.integers(0, 1_000),
)
def test_planes_are_added_as_whole_numbers_are(powers: list[int], seed: int) -> None:
    planes = np.random.default_rng(seed).integers(0, 2**64, size=(len(powers), 3), dtype=np.uint64)
    before = planes.copy()

    sums = added(zip(powers, planes, strict=True), 3)

    each = [numbers_of({power: plane}, 192) for power, plane in zip(powers, planes, strict=True)]
    assert (numbers_of(sums, 192) == sum(each, np.zeros(192, dtype=np.int64))).all()
    assert (planes == before).all()


@given(seed=st.integers(0, 1_000), count=st.integers(1, COUNT))
def test_the_greatest_are_those_whose_levels_say_most(planes: BitPlanes, seed: int, count: int) -> None:
    weights = np.zeros(DIMENSIONS, dtype=np.float32)
    weights[200:210] = np.random.default_rng(seed).choice((-1, 1), size=10)  # a bit each, and so a plane each
    told = np.unpackbits(planes.planes[-56:-46].view(np.uint8), axis=1, count=COUNT, bitorder="little")
    sums = weights[200:210] @ told

    rows = planes.greatest(weights, count)

    assert rows.tolist() == np.flatnonzero(sums >= np.sort(sums)[-count]).tolist()


def test_about_the_same_are_greatest_as_without_rounding(planes: BitPlanes, along: NDArray[np.float32]) -> None:
    weights = (np.random.default_rng(2).normal(size=DIMENSIONS) / np.sqrt(np.arange(1, DIMENSIONS + 1))).astype("f4")
    best = np.argsort(-(along @ weights))[:20]

    assert np.isin(best, planes.greatest(weights, 100)).mean() > 0.9


def test_no_document_is_made_up_where_the_last_word_is_not_full(planes: BitPlanes) -> None:
    weights = np.full(DIMENSIONS, -1.0, dtype=np.float32)  # levels of 0, as the rest of the word has, would be greatest

    rows = planes.greatest(weights, COUNT - 1)

    assert len(rows) >= COUNT - 1
    assert rows.max() < COUNT


@pytest.mark.parametrize("count", [COUNT, COUNT + 1])
def test_all_are_given_where_there_are_no_more(planes: BitPlanes, count: int) -> None:
    assert planes.greatest(np.ones(DIMENSIONS, dtype=np.float32), count).tolist() == list(range(COUNT))


def test_of_a_query_that_says_nothing_no_more_are_given_than_are_wanted(planes: BitPlanes) -> None:
    assert len(planes.greatest(np.zeros(DIMENSIONS, dtype=np.float32), 10)) == 10


def test_what_is_filled_in_parts_is_as_filled_at_once(planes: BitPlanes, along: NDArray[np.float32]) -> None:
    parts = BitPlanes.empty(COUNT, DIMENSIONS)
    for start in range(0, COUNT, 192):
        parts.fill(start, along[start : start + 192])

    assert (parts.planes == planes.planes).all()


def test_what_was_saved_is_opened(planes: BitPlanes, tmp_path: Path) -> None:
    planes.save(tmp_path)

    assert (BitPlanes.open(tmp_path, COUNT).planes == planes.planes).all()
