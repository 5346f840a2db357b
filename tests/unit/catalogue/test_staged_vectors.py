"""Vectors in stages: what is found is nearly what comparing all would find, with and without filters."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from discovery.catalogue.embeddings import normalized
from discovery.catalogue.exact_vectors import ExactVectors
from discovery.catalogue.staged_vectors import StagedVectors
from discovery.retrieval.bundle import vector

COUNT, DIMENSIONS = 30_000, 256
RECALL = 0.98


def like_texts(count: int, seed: int) -> NDArray[np.float32]:
    """Vectors with something in common, and with more along some directions than along others, as texts' are."""
    random = np.random.default_rng(seed)
    widths = 1 / np.sqrt(np.arange(1, DIMENSIONS + 1))
    directions = np.linalg.qr(np.random.default_rng(0).normal(size=(DIMENSIONS, DIMENSIONS)))[0]
    vectors = (0.1 + random.normal(size=(count, DIMENSIONS)) * widths) @ directions
    return normalized(vectors.astype(np.float32))


@pytest.fixture(scope="module")
def documents() -> NDArray[np.float32]:
    return like_texts(COUNT, 1)


@pytest.fixture(scope="module")
def staged(documents: NDArray[np.float32]) -> StagedVectors:
    return StagedVectors.of(documents)


@settings(max_examples=25)
@given(seed=st.integers(0, 1_000), share=st.sampled_from([0.01, 0.1, 0.5, 1.0]), floor=st.sampled_from([0.0, 0.575]))
def test_nearly_all_that_is_near_is_found_with_filters_and_without(
    documents: NDArray[np.float32], staged: StagedVectors, seed: int, share: float, floor: float
) -> None:
    queries = like_texts(20, seed + 10)
    allowed = np.random.default_rng(seed).random(COUNT) < share
    exact = ExactVectors.of(documents)

    found = wanted = 0
    for query in queries:
        near = set(vector.retrieve(exact, query, allowed, floor=floor, min_similarity=0.2).rows[:200].tolist())
        also = vector.retrieve(staged, query, allowed, floor=floor, min_similarity=0.2).rows[:200].tolist()
        wanted += len(near)
        found += len(near.intersection(also))

    assert found >= RECALL * wanted


def test_few_are_found_among_so_many_that_most_are_left_out_by_their_planes(
    documents: NDArray[np.float32], staged: StagedVectors
) -> None:
    queries, most = like_texts(50, 3), 200

    found = 0.0
    for query in queries:
        nearest = np.argsort(-(documents @ query))[:most]
        found += np.isin(nearest, staged.near(query, most, floor=0.0, least=-1.0).rows).mean()

    assert found >= RECALL * len(queries)


def test_cosines_are_close(documents: NDArray[np.float32], staged: StagedVectors) -> None:
    (query,) = like_texts(1, 7)

    near = staged.near(query, 100, floor=0.0, least=-1.0)

    assert near.similarities == pytest.approx(documents[near.rows] @ query, abs=0.01)
    assert near.best == pytest.approx(float((documents @ query).max()), abs=0.005)
    assert staged.refined(query, near.rows) == pytest.approx(near.similarities, abs=1e-5)


def test_rough_cosines_put_about_the_same_first(documents: NDArray[np.float32], staged: StagedVectors) -> None:
    (query,) = like_texts(1, 8)
    nearest = np.argsort(-(documents @ query))[:100]

    assert np.isin(nearest, np.argsort(-staged.cosines(query))[:2_000]).mean() > RECALL


def test_a_row_that_is_left_out_is_not_found(documents: NDArray[np.float32], staged: StagedVectors) -> None:
    near = staged.near(documents[5], 100, floor=0.0, least=-1.0, without=[5])

    assert 5 not in near.rows
    assert near.best < 0.99


def test_a_vector_is_had_again(documents: NDArray[np.float32], staged: StagedVectors) -> None:
    assert staged[3] == pytest.approx(documents[3], abs=0.02)
    assert staged[np.array([3, 4])] == pytest.approx(documents[3:5], abs=0.02)
    assert len(staged) == COUNT


def test_what_is_near_enough_is_no_more_than_that(staged: StagedVectors) -> None:
    (query,) = like_texts(1, 9)

    near = staged.near(query, 2_000, floor=0.9, least=0.2)

    assert near.similarities.min() >= 0.9 * near.best
    assert staged.near(query, 2_000, floor=0.0, least=1.1).rows.tolist() == []


def test_a_query_of_zeros_and_vectors_of_zeros_are_near_nothing() -> None:
    nothing = StagedVectors.of(np.zeros((10, DIMENSIONS), dtype=np.float32))
    query = np.zeros(DIMENSIONS, dtype=np.float32)

    assert nothing.near(query, 5, floor=0.5, least=0.2).rows.tolist() == []


def test_what_was_saved_is_opened(staged: StagedVectors, tmp_path: Path) -> None:
    staged.save(tmp_path)

    opened = StagedVectors.open(tmp_path)

    assert (opened.leading == staged.leading).all()
    assert (opened.rest == staged.rest).all()
    assert (opened.fine == staged.fine).all()
    assert (opened.axes == staged.axes).all()
    assert (opened.planes.planes == staged.planes.planes).all()
