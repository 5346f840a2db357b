"""Scores of rows, whether the ranking holds them or not."""

import numpy as np
import pytest

from discovery.retrieval.bundle.ranking import Ranking


def test_rows_have_their_scores_and_others_none() -> None:
    ranking = Ranking(np.array([9, 2, 5]), np.array([3.0, 2.0, 1.0]))

    assert ranking.scores_of(np.array([2, 3, 9, 10, 0])) == pytest.approx(
        [2.0, np.nan, 3.0, np.nan, np.nan], nan_ok=True
    )


def test_an_empty_ranking_has_no_scores() -> None:
    assert np.isnan(Ranking().scores_of(np.array([1, 2]))).all()
