"""Fusing rankings: weighted reciprocal rank fusion, then relevance in [0, 1]. Arrays in, arrays out.

    rrf(d) = Σ_i  w_i / (k + rank_i(d))            rank_i from 1; a list without d adds nothing

Cormack, Clarke and Büttcher, "Reciprocal Rank Fusion outperforms Condorcet and individual Rank Learning Methods",
SIGIR 2009 (k = 60); the weights are the usual extension.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.intp]
Scores = NDArray[np.float64]


def reciprocal_rank_fusion(rankings: Sequence[tuple[float, Rows]], *, k: int) -> tuple[Rows, Scores]:
    """Fuse (weight, rows best first) pairs: rows and their scores, best first, ties by row."""
    listed = np.concatenate([rows for _, rows in rankings])
    parts = np.concatenate([weight / (k + np.arange(1, len(rows) + 1)) for weight, rows in rankings])
    rows, places = np.unique(listed, return_inverse=True)
    scores = np.bincount(places, weights=parts, minlength=len(rows))
    order = np.lexsort((rows, -scores))
    return rows[order], scores[order]


def min_max(scores: Scores) -> Scores:
    """Scale scores to [0, 1]; where that can't be done (one score, all equal), everything is 1."""
    if not len(scores):
        return scores
    low, high = scores.min(), scores.max()
    return np.ones(len(scores)) if high == low else (scores - low) / (high - low)


def popularity_prior(rows: Rows, popularity: NDArray[np.float32]) -> Rows:
    """The rows in order of their popularity (an array by row); those without one are left out: they gain no rank."""
    known = rows[popularity[rows] > 0]
    return known[np.lexsort((known, -popularity[known]))]
