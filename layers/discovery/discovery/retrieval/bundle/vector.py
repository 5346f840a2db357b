"""Vector retrieval: exact cosine similarity of the query's embedding with every document's."""

import numpy as np
from numpy.typing import NDArray

from discovery.catalogue.embeddings import Vector, normalized
from discovery.retrieval.bundle.ranking import Ranking
from discovery.retrieval.filters import Mask


def query_vector(*vectors: Vector) -> Vector:
    """The direction between unit vectors, `float32[d]`: of a query's words and of the title that it likens to."""
    return normalized(np.sum(vectors, axis=0, dtype=np.float32))


def retrieve(
    documents: NDArray[np.float32], query: Vector, allowed: Mask | None, *, depth: int, min_similarity: float
) -> Ranking:
    """The `depth` documents (`float32[n, d]`, unit rows) nearest to a unit query (`float32[d]`), at least that similar.

    Exact rather than approximate: 36 000 documents of 256 dimensions take 0.65 ms, and filters cost no recall.
    """
    similarities = documents @ query
    if allowed is not None:
        similarities[~allowed] = -1.0
    rows = np.flatnonzero(similarities >= min_similarity)
    if len(rows) > depth:
        last = np.partition(similarities[rows], -depth)[-depth]
        rows = rows[similarities[rows] >= last]  # those that tie for the last place too: which of them stays is by row
    best = rows[np.lexsort((rows, -similarities[rows]))][:depth]
    return Ranking(tuple(best.tolist()), tuple(similarities[best].tolist()))
