"""Vectors as bytes: close to the cosines, and right about how close."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from discovery.catalogue.codes import Codes
from discovery.catalogue.embeddings import normalized


def unit_vectors(count: int, seed: int) -> NDArray[np.float32]:
    return normalized(np.random.default_rng(seed).normal(size=(count, 32)).astype(np.float32))


def test_no_cosine_is_further_off_than_it_says() -> None:
    vectors = unit_vectors(2_000, 1)
    codes = Codes.of(vectors)

    for query in unit_vectors(20, 2):
        numbers, unit, error = codes.products(query)
        assert np.abs(numbers * unit - vectors @ query).max() <= error < 0.05


def test_codes_are_within_a_signed_byte_and_use_all_of_it() -> None:
    codes = Codes.of(unit_vectors(100, 3)).codes

    assert codes.dtype == np.int8
    assert np.abs(codes.astype(int)).max() == 127


def test_a_query_of_zeros_is_near_to_nothing() -> None:
    numbers, _, error = Codes.of(unit_vectors(10, 4)).products(np.zeros(32, dtype=np.float32))

    assert not numbers.any()
    assert error < 0.05


def test_vectors_of_zeros_have_codes_of_zeros() -> None:
    codes = Codes.of(np.zeros((3, 32), dtype=np.float32))

    assert not codes.codes.any()
    assert codes.error == 0


def test_what_was_saved_is_opened(tmp_path: Path) -> None:
    made = Codes.of(unit_vectors(50, 5))
    made.save(tmp_path)

    opened = Codes.open(tmp_path)

    assert (opened.codes == made.codes).all()
    assert (opened.scale, opened.error) == pytest.approx((made.scale, made.error))
