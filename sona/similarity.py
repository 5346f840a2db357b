"""How like one title others are: by who met both, and by what they are about.

    similarity = ½ · together + ½ · content        each in [0, 1]

together: the weight of the title for the other one, or of the other one for it, by the greatest of all its weights;
content: the cosine of their texts.
"""

import numpy as np

from sona.liking import Floats
from sona.model.model import Model

_SHARE = 0.5


def similar_to(model: Model, row: int) -> dict[str, Floats]:
    """The parts, each `[n]`, that add up to the similarity of every title to one."""
    arrays = model.arrays
    together = np.zeros(model.size + 1)
    if (place := int(arrays.place[row])) >= 0:
        together[arrays.neighbours[place]] = arrays.weights[place]
        others, column = np.nonzero(arrays.neighbours == row)
        rows = np.flatnonzero(arrays.place >= 0)[others]
        together[rows] = np.maximum(together[rows], arrays.weights[others, column])
    together = np.clip(together[:-1], 0, None)
    largest = together.max(initial=0)
    vectors = arrays.vectors
    cosines = vectors.astype(np.float32) @ vectors[row].astype(np.float32) / 127**2
    return {
        "together": _SHARE * (together / largest if largest > 0 else together),
        "content": _SHARE * np.clip(cosines, 0, 1).astype(np.float64),
    }
