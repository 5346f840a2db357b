"""Vector retrieval: the documents of the greatest cosine similarity with a query, exactly.

A first pass over one byte a dimension leaves out what can't be among the best, by the codes' own bound on their error;
only the few hundred documents that stay are compared exactly. That takes a third of the time of comparing all of them,
and the ranking is the same.
"""

import numpy as np
from numpy.typing import NDArray

from discovery.catalogue.codes import Codes
from discovery.catalogue.embeddings import Vector, normalized
from discovery.retrieval.bundle.ranking import Ranking
from discovery.retrieval.bundle.selection import Mask


def query_vector(*vectors: Vector) -> Vector:
    """The direction between unit vectors, `float32[d]`: of a query's words and of the title that it likens to."""
    return vectors[0] if len(vectors) == 1 else normalized(np.sum(vectors, axis=0, dtype=np.float32))


def retrieve(
    documents: NDArray[np.float32],
    codes: Codes,
    query: Vector,
    allowed: Mask | None,
    *,
    depth: int,
    min_similarity: float,
) -> Ranking:
    """The `depth` documents (`float32[n, d]`, unit rows) nearest to a unit query (`float32[d]`), at least that similar.

    Those that tie for the last place are told apart by row, the lower one first.
    """
    products, unit, error = codes.products(query)
    near = products >= (min_similarity - error) / unit
    rows = np.flatnonzero(near if allowed is None else near & allowed)
    if len(rows) > depth:
        products = products[rows]
        last = np.partition(products, -depth)[-depth]  # at least `depth` are, exactly, above this less the error
        rows = rows[products >= last - 2 * error / unit]
    similarities = documents[rows] @ query
    enough = similarities >= min_similarity
    rows, similarities = rows[enough], similarities[enough]
    best = np.lexsort((rows, -similarities))[:depth]
    return Ranking(rows[best], similarities[best].astype(np.float64))
