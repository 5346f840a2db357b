"""Exact cosine search, against brute force."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from discovery.catalogue.bundle import Catalogue
from discovery.catalogue.embeddings import normalized
from discovery.catalogue.exact_vectors import ExactVectors
from discovery.catalogue.vectors import DocumentVectors
from discovery.retrieval.bundle import vector
from discovery.retrieval.bundle.selection import Mask
from discovery.retrieval.meaning import query_vector
from discovery.retrieval.ranking import Ranking
from tests import catalogues

DIRECTIONS = np.array([[1, 0, 0, 0], [0.5, 0.5, 0.5, 0.5], [0, 1, 0, 0], [-1, 0, 0, 0], [0, 0, 0, 0]], dtype=np.float32)
"""Few, so that ties are frequent; and with cosines that no machine rounds."""


def brute_force(
    documents: NDArray[np.float32], query: NDArray[np.float32], allowed: list[bool], floor: float, least: float
) -> list[int]:
    similarities = [float(np.dot(document, query)) for document in documents]
    least = max(least, floor * max(similarities))
    rows = [row for row, s in enumerate(similarities) if allowed[row] and s >= least]
    return sorted(rows, key=lambda row: (-similarities[row], row))


def retrieve(
    documents: NDArray[np.float32] | DocumentVectors,
    query: NDArray[np.float32],
    allowed: Mask | None = None,
    *,
    floor: float = 0.5,
    min_similarity: float = 0.1,
    without: int | None = None,
) -> Ranking:
    vectors = ExactVectors.of(documents) if isinstance(documents, np.ndarray) else documents
    return vector.retrieve(vectors, query, allowed, floor=floor, min_similarity=min_similarity, without=without)


def test_the_near_documents_come_nearest_first_with_their_cosines() -> None:
    found = retrieve(DIRECTIONS, DIRECTIONS[0], floor=0.4)

    assert found.rows.tolist() == [0, 1]
    assert found.scores.tolist() == [1.0, 0.5]


def test_evidence_rises_from_the_floor_to_the_nearest() -> None:
    found = retrieve(DIRECTIONS, DIRECTIONS[0], floor=0.4)

    assert found.evidence == pytest.approx([1.0, (0.5 - 0.4) / 0.6])


def test_results_agree_with_brute_force_on_random_vectors() -> None:
    random = np.random.default_rng(7)
    documents = normalized(random.normal(size=(500, 16)).astype(np.float32))
    queries = normalized(random.normal(size=(20, 16)).astype(np.float32))

    for query in queries:
        found = retrieve(documents, query)
        assert list(found.rows) == brute_force(documents, query, [True] * 500, 0.5, 0.1)


@given(
    rows=st.lists(st.tuples(st.sampled_from(range(len(DIRECTIONS))), st.booleans()), min_size=1, max_size=60),
    query=st.sampled_from(range(4)),
    floor=st.sampled_from([0.3, 0.6, 1.0]),
    least=st.sampled_from([0.1, 0.2, 0.8]),
)
def test_only_allowed_rows_come_back_sorted_with_ties_by_row(
    rows: list[tuple[int, bool]], query: int, floor: float, least: float
) -> None:
    documents = DIRECTIONS[[direction for direction, _ in rows]]
    allowed = [ok for _, ok in rows]

    found = retrieve(documents, DIRECTIONS[query], np.array(allowed, dtype=np.bool_), floor=floor, min_similarity=least)

    assert list(found.rows) == brute_force(documents, DIRECTIONS[query], allowed, floor, least)


@given(allowed=st.lists(st.booleans(), min_size=5, max_size=5), query=st.sampled_from(range(4)))
def test_a_constraint_takes_away_and_adds_nothing(allowed: list[bool], query: int) -> None:
    every = retrieve(DIRECTIONS, DIRECTIONS[query])

    some = retrieve(DIRECTIONS, DIRECTIONS[query], np.array(allowed))

    assert some.rows.tolist() == [row for row in every.rows if allowed[row]]
    assert some.evidence.tolist() == [e for row, e in zip(every.rows, every.evidence, strict=True) if allowed[row]]


def test_a_row_that_is_left_out_is_no_measure_for_the_others() -> None:
    assert retrieve(DIRECTIONS, DIRECTIONS[0], without=0).rows.tolist() == [1]


def test_a_mask_that_allows_nothing_finds_nothing() -> None:
    nothing = np.zeros(len(DIRECTIONS), dtype=np.bool_)

    assert not len(retrieve(DIRECTIONS, DIRECTIONS[0], nothing).rows)


def test_a_query_of_unknown_words_finds_nothing(catalogue: Catalogue) -> None:
    query = catalogue.model.embed(["zxqv"])[0]

    assert not len(retrieve(catalogue.vectors, query, min_similarity=0.2).rows)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("whale", "jaws-1975"),
        ("cuisine", "big-night-1996"),
        ("grandmaster", "queens-gambit-2020"),
        ("orchestra", "whiplash-2014"),
        ("haunted", "dracula-1958"),
    ],
)
def test_a_film_is_found_by_meaning_with_no_word_in_common(catalogue: Catalogue, query: str, expected: str) -> None:
    embedded = catalogue.model.embed([query])[0]

    found = retrieve(catalogue.vectors, embedded, min_similarity=0.2)

    assert query not in catalogues.CONTENTS[found.rows[0]].overview.lower()
    assert catalogues.ids_of(found.rows)[0] == expected


def test_of_many_vectors_that_are_nearly_alike_the_nearest_are_found() -> None:
    random = np.random.default_rng(11)
    middle = normalized(random.normal(size=64).astype(np.float32))
    documents = normalized(middle + 0.002 * random.normal(size=(3_000, 64)).astype(np.float32))

    found = retrieve(documents, middle, floor=0.9997)

    best = np.sort(documents.astype(np.float64) @ middle)[::-1]
    assert len(found.rows) == vector.MOST_NEAR
    assert found.scores == pytest.approx(best[: vector.MOST_NEAR], abs=1e-6)


def test_the_query_vector_lies_between_its_parts() -> None:
    half = math.sqrt(0.5)

    assert query_vector(DIRECTIONS[0], DIRECTIONS[2]) == pytest.approx([half, half, 0, 0])
    assert query_vector(DIRECTIONS[0]) == pytest.approx(DIRECTIONS[0])


def test_opposite_parts_leave_no_direction() -> None:
    assert query_vector(DIRECTIONS[0], DIRECTIONS[3]).tolist() == [0.0, 0.0, 0.0, 0.0]
