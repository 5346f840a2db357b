"""The strategies' rankings fused into candidates."""

import pytest

from discovery.catalogue.columns import Columns
from discovery.catalogue.content import Content
from discovery.retrieval.bundle.candidates import FusedCandidate, fuse
from discovery.retrieval.bundle.ranking import Ranking
from discovery.retrieval.bundle.retriever import Retrieved
from discovery.settings import RetrievalSettings

POPULARITY = (0.1, 0.9, None, 0.5)
COLUMNS = Columns.of([Content(id=str(n), title="T", popularity_score=p) for n, p in enumerate(POPULARITY)], [], [])


def test_three_lists_are_fused_with_the_weights_of_the_settings() -> None:
    retrieved = Retrieved(keyword=Ranking((2, 0), (7.5, 3.5)), vector=Ranking((0, 1), (0.8, 0.4)))

    candidates = fuse(retrieved, COLUMNS, RetrievalSettings())

    # Popularity's own list is 1, 0; the second film's popularity is not known.
    scores = {
        0: 0.35 / 61 + 0.20 / 62 + 0.15 / 62,  # 0.011383
        1: 0.35 / 62 + 0.15 / 61,  # 0.008104
        2: 0.20 / 61,  # 0.003279
    }
    span = scores[0] - scores[2]
    assert [candidate.row for candidate in candidates] == [0, 1, 2]
    assert [candidate.relevance for candidate in candidates] == pytest.approx([1, (scores[1] - scores[2]) / span, 0])


def test_a_candidate_keeps_each_strategys_score_and_none_where_it_was_not_found() -> None:
    retrieved = Retrieved(keyword=Ranking((2, 0), (7.5, 3.5)), vector=Ranking((0, 1), (0.8, 0.4)))

    by_row = {candidate.row: candidate for candidate in fuse(retrieved, COLUMNS, RetrievalSettings())}

    assert (by_row[0].keyword_score, by_row[0].vector_similarity) == (3.5, 0.8)
    assert (by_row[1].keyword_score, by_row[1].vector_similarity) == (None, 0.4)
    assert (by_row[2].keyword_score, by_row[2].vector_similarity) == (7.5, None)


def test_popularity_adds_no_candidate_that_nothing_found() -> None:
    candidates = fuse(Retrieved(keyword=Ranking((0,), (1.0,))), COLUMNS, RetrievalSettings())

    assert candidates == [FusedCandidate(row=0, relevance=1.0, keyword_score=1.0, vector_similarity=None)]


def test_browsing_keeps_its_own_order() -> None:
    candidates = fuse(Retrieved(browse=(1, 3, 0)), COLUMNS, RetrievalSettings())

    assert [candidate.row for candidate in candidates] == [1, 3, 0]
    assert all(c.keyword_score is None and c.vector_similarity is None for c in candidates)


def test_a_weight_of_zero_silences_a_strategy() -> None:
    retrieved = Retrieved(keyword=Ranking((0, 1), (2.0, 1.0)), vector=Ranking((1, 0), (0.9, 0.8)))
    settings = RetrievalSettings(vector_weight=0, popularity_weight=0)

    assert [candidate.row for candidate in fuse(retrieved, COLUMNS, settings)] == [0, 1]


def test_nothing_found_is_no_candidate() -> None:
    assert fuse(Retrieved(), COLUMNS, RetrievalSettings()) == []
