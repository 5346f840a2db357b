"""Measures of one order, of which the first ten count."""

import numpy as np
from numpy.typing import NDArray

DEPTH = 10
_DISCOUNT = 1 / np.log2(np.arange(2, DEPTH + 2))

Floats = NDArray[np.float64]


def ndcg(good: NDArray[np.bool_]) -> float:
    """NDCG@10 of an order, `[n]`: whether each is good, as at least one is (Järvelin & Kekäläinen 2002)."""
    best = _DISCOUNT[: min(DEPTH, int(good.sum()))].sum()
    return float(good[:DEPTH] @ _DISCOUNT[: len(good[:DEPTH])] / best)


def graded_ndcg(grades: NDArray[np.intp], judged: NDArray[np.intp]) -> float:
    """NDCG@10 with the gain 2^grade − 1 of an order, `[n]`, of which `judged` are the grades of all that was judged."""
    ideal = _gained(np.sort(judged)[::-1])
    return _gained(grades) / ideal if ideal else 0.0


def intra_list_similarity(vectors: NDArray[np.float32]) -> float:
    """The mean cosine of the pairs of the first ten (Ziegler et al. 2005); 0 where there is no pair.

    `vectors` are `[n, d]`, of length 1, in order.
    """
    shown = vectors[:DEPTH]
    pairs = np.triu_indices(len(shown), 1)
    return float((shown @ shown.T)[pairs].mean()) if len(pairs[0]) else 0.0


def _gained(grades: NDArray[np.intp]) -> float:
    first = np.maximum(grades[:DEPTH], 0)
    return float((2.0**first - 1) @ _DISCOUNT[: len(first)])
