"""EASE where all pairs of titles would be too many: each title is predicted from its nearest neighbours alone.

For a title j and its k neighbours N by cosine over people, the weights solve the ridge regression of j on N:

    b = (G_NN + λI)⁻¹ G_Nj        G = XᵀX

which is EASE of j and N alone, its column j. `implicit` finds the neighbours.
"""

import warnings
from collections.abc import Callable

import numpy as np
from implicit.nearest_neighbours import CosineRecommender
from implicit.utils import ParameterWarning
from numpy.typing import NDArray
from scipy import linalg
from scipy.sparse import csr_array, csr_matrix

from sona.training.gram import Gram


def local_ridge(
    matrix: csr_array, regularization: float, neighbours: int, *, progress: Callable[[int], None] = lambda _: None
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """The neighbours of each title and their weights, both `[titles, neighbours]`; −1 and 0 where there are fewer.

    `progress` is told how many more titles are done.
    """
    count = matrix.shape[1]
    nearest = _nearest(matrix, neighbours + 1)
    gram = Gram(matrix)
    rows = np.full((count, neighbours), -1, dtype=np.int64)
    weights = np.zeros((count, neighbours))
    for title in range(count):
        near = nearest[title]
        near = near[near != title][:neighbours]
        if len(near):
            sums = gram.among(np.append(near, title))
            beside, target = sums[:-1, :-1], sums[:-1, -1]
            beside[np.diag_indices(len(near))] += regularization
            rows[title, : len(near)] = near
            weights[title, : len(near)] = linalg.solve(beside, target, assume_a="pos")
        progress(1)
    return rows, weights


def _nearest(matrix: csr_array, count: int) -> list[NDArray[np.int64]]:
    """Of each title the nearest ones by cosine, itself among them."""
    recommender = CosineRecommender(K=count)
    with warnings.catch_warnings():  # it weights the matrix in another format, and warns itself of that
        warnings.simplefilter("ignore", ParameterWarning)
        recommender.fit(csr_matrix(matrix), show_progress=False)
    similarity = recommender.similarity
    bounds = similarity.indptr
    return [similarity.indices[bounds[row] : bounds[row + 1]] for row in range(similarity.shape[0])]
