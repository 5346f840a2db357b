"""What a retrieval strategy returns."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray


def _no_rows() -> NDArray[np.intp]:
    return np.empty(0, dtype=np.intp)


def _no_scores() -> NDArray[np.float64]:
    return np.empty(0)


@dataclass(frozen=True, eq=False)
class Ranking:
    """Rows (`intp[m]`, each once), how strongly each speaks for itself, and the scores that this was made of."""

    rows: NDArray[np.intp] = field(default_factory=_no_rows)
    evidence: NDArray[np.float64] = field(default_factory=_no_scores)
    """`float64[m]`, in [0, 1]: strategies' evidence is on one scale."""
    scores: NDArray[np.float64] = field(default_factory=_no_scores)
    """`float64[m]`: BM25, or cosines; NaN where a strategy has none."""
