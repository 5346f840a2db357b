"""Diversity: maximal marginal relevance (Carbonell & Goldstein 1998).

The next one is that of the greatest (1 − d) · score − d · its greatest cosine with those chosen before.
"""

import numpy as np
from numpy.typing import NDArray


def diversified(
    scores: NDArray[np.float64], vectors: NDArray[np.float32], count: int, diversity: float
) -> NDArray[np.intp]:
    """Choose of m candidates: places, best first.

    `scores` are `[m]`, in [0, 1]; `vectors` are `[m, d]`, of length 1; `diversity` is d, from 0 to 1.
    """
    count = min(count, len(scores))
    if diversity == 0:
        return np.argsort(-scores, kind="stable")[:count]
    chosen: list[int] = []
    nearest = np.zeros(len(scores))
    left = np.ones(len(scores), dtype=np.bool_)
    for _ in range(count):
        marginal = np.where(left, (1 - diversity) * scores - diversity * nearest, -np.inf)
        best = int(marginal.argmax())
        chosen.append(best)
        left[best] = False
        nearest = np.maximum(nearest, vectors @ vectors[best])
    return np.array(chosen, dtype=np.intp)
