"""EASE: item–item weights in closed form (Steck 2019, "Embarrassingly Shallow Autoencoders for Sparse Data").

    P = (XᵀX + λI)⁻¹        B = I − P · diag(1 / diag P)        predicted likings: X · B, with B's diagonal 0

X is people by titles. Where there are fewer people than titles, the inverse is taken on their side (Woodbury):

    P = (I − Xᵀ (XXᵀ + λI)⁻¹ X) / λ
"""

import numpy as np
from numpy.typing import NDArray
from scipy import linalg
from scipy.sparse import csr_array

MOST_TITLES = 10_000
"""B has a number for each pair of titles: 0.8 GB for ten thousand."""


def ease(matrix: csr_array, regularization: float) -> NDArray[np.float64]:
    """B, `[titles, titles]`: column j predicts title j from the others."""
    people, titles = matrix.shape
    if people < titles:
        dense = matrix.toarray()
        smaller = dense @ dense.T
        smaller[np.diag_indices(people)] += regularization
        inverse = -(dense.T @ linalg.solve(smaller, dense, assume_a="pos", overwrite_a=True))
        inverse[np.diag_indices(titles)] += 1
        inverse /= regularization
    else:
        gram = (matrix.T @ matrix).toarray()
        gram[np.diag_indices(titles)] += regularization
        inverse = linalg.inv(gram, overwrite_a=True)
    inverse /= -np.diag(inverse)[np.newaxis, :].copy()
    inverse[np.diag_indices(titles)] = 0
    weights: NDArray[np.float64] = inverse
    return weights
