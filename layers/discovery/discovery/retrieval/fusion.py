"""Fusing rankings: weighted reciprocal rank fusion, then relevance in [0, 1]. Arrays in, arrays out.

    rrf(d) = Σ_i  w_i / (k + rank_i(d))            rank_i from 1; a list without d adds nothing

Cormack, Clarke and Büttcher, "Reciprocal Rank Fusion outperforms Condorcet and individual Rank Learning Methods",
SIGIR 2009 (k = 60); the weights are the usual extension.

Documents are numbered from 0; a list is the numbers of those that it ranks, best first.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.intp]
Scores = NDArray[np.float64]


def reciprocal_rank_fusion(lists: Sequence[tuple[float, Numbers]], count: int, *, k: int) -> Scores:
    """Fuse (weight, list) pairs: the score of each of `count` documents, by number."""
    listed = np.concatenate([numbers for _, numbers in lists])
    parts = np.concatenate([weight / (k + np.arange(1, len(numbers) + 1)) for weight, numbers in lists])
    return np.bincount(listed, weights=parts, minlength=count)


def min_max(scores: Scores) -> Scores:
    """Scale scores to [0, 1]; where that can't be done (one score, all equal), everything is 1."""
    if not len(scores):
        return scores
    low, high = scores.min(), scores.max()
    return np.ones(len(scores)) if high == low else (scores - low) / (high - low)


def popularity_prior(popularity: NDArray[np.float32]) -> Numbers:
    """The documents in order of their popularity; those without one are left out: they gain no rank by chance."""
    order = np.argsort(-popularity, kind="stable")
    return order[: np.count_nonzero(popularity > 0)]


def scattered(scores: Scores, numbers: Numbers, count: int) -> Scores:
    """The scores of a list as those of all `count` documents; NaN where it does not rank one."""
    spread = np.full(count, np.nan)
    spread[numbers] = scores
    return spread
