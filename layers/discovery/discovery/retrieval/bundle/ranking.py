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
    """Rows (`intp[m]`) and their scores (`float64[m]`), best first; strategies' scores are on different scales."""

    rows: NDArray[np.intp] = field(default_factory=_no_rows)
    scores: NDArray[np.float64] = field(default_factory=_no_scores)
