"""Item–item weights as a model keeps them: of each title that anybody met, the strongest neighbours."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from sona.training.ease import MOST_TITLES, ease
from sona.training.ridge import local_ridge

MOST_NEIGHBOURS = 200
_MOST_BYTES = 20e6
"""Of neighbours and weights: with all else, a model of 36 000 titles stays below 30 MB."""
_BYTES = 6


@dataclass(frozen=True, eq=False)
class Weights:
    """Of n titles, a of them met, k neighbours each."""

    place: NDArray[np.int32]
    """`[n]`: row in the other two; −1 for titles that nobody met."""
    neighbours: NDArray[np.int32]
    """`[a, k]`: rows of titles; n where there are fewer."""
    weights: NDArray[np.float16]
    """`[a, k]`."""
    solver: str


def item_weights(
    matrix: csr_array, regularization: float, *, progress: Callable[[int], None] = lambda _: None
) -> Weights:
    """Learn from who liked what, `[people, n]`; `progress` is told how many more titles are done."""
    size = matrix.shape[1]
    met = np.unique(matrix.indices)
    place = np.full(size, -1, dtype=np.int32)
    place[met] = np.arange(len(met))
    kept = _neighbours(len(met))
    dense = len(met) <= MOST_TITLES
    if dense:
        near, weights = _strongest(ease(matrix[:, met], regularization), kept)
        progress(len(met))
    else:
        near, weights = local_ridge(matrix[:, met], regularization, kept, progress=progress)
    absent = (near < 0) | (weights == 0)
    neighbours = np.where(absent, size, met[near] if len(met) else near)
    return Weights(place, neighbours.astype(np.int32), weights.astype(np.float16), "ease" if dense else "ridge")


def _neighbours(met: int) -> int:
    """How many neighbours are kept of each of so many titles."""
    return max(1, min(MOST_NEIGHBOURS, met - 1, int(_MOST_BYTES / _BYTES / max(1, met))))


def _strongest(weights: NDArray[np.float64], kept: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Of each column the strongest rows and their weights, both `[columns, kept]`."""
    if not len(weights):
        return np.empty((0, kept), dtype=np.int64), np.empty((0, kept))
    columns = weights.T
    near = np.argpartition(-np.abs(columns), min(kept, len(weights) - 1), axis=1)[:, :kept]
    near.sort(axis=1)
    return near, np.take_along_axis(columns, near, axis=1)
