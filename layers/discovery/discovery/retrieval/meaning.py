"""Evidence by meaning: of documents whose cosine with a query comes near that of the nearest. Pure."""

import numpy as np
from numpy.typing import NDArray

from discovery.catalogue.embeddings import Vector, normalized
from discovery.retrieval.ranking import Ranking, greatest


def query_vector(*vectors: Vector) -> Vector:
    """The direction between unit vectors, `float32[d]`: of a query's words and of the title that it likens to."""
    return vectors[0] if len(vectors) == 1 else normalized(np.sum(vectors, axis=0, dtype=np.float32))


def nearest(
    rows: NDArray[np.intp],
    similarities: NDArray[np.float64],
    *,
    best: float,
    most: int,
    floor: float,
    min_similarity: float,
) -> Ranking:
    """Of rows and their cosines those that are near, nearest first and at most so many.

    Near is at least `floor` of `best`, the greatest that any document has, and `min_similarity`. Evidence rises from 0
    there to 1 at the greatest.
    """
    least = max(floor * best, min_similarity)
    if best < least:
        return Ranking()
    order = greatest(similarities, most)
    order = order[similarities[order] >= least]
    rows, similarities = rows[order], similarities[order]
    span = best - floor * best
    evidence = np.clip((similarities - floor * best) / span, 0.0, 1.0) if span > 0 else np.ones(len(rows))
    return Ranking(rows, evidence, similarities)
