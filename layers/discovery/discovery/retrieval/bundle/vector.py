"""Vector retrieval: the documents whose cosine similarity with a query comes near that of the nearest, exactly.

A first pass over one byte a dimension leaves out what can't be near enough, by the codes' own bound on their error;
only what stays is compared exactly. That takes a third of the time of comparing all, and the result is the same.
"""

import numpy as np
from numpy.typing import NDArray

from discovery.catalogue.codes import Codes
from discovery.catalogue.embeddings import Vector, normalized
from discovery.retrieval.bundle.ranking import Ranking
from discovery.retrieval.bundle.selection import Mask

MOST_NEAR = 2000
"""What one search gives at most: where nothing stands out, thousands are nearly as near as the nearest."""


def query_vector(*vectors: Vector) -> Vector:
    """The direction between unit vectors, `float32[d]`: of a query's words and of the title that it likens to."""
    return vectors[0] if len(vectors) == 1 else normalized(np.sum(vectors, axis=0, dtype=np.float32))


def retrieve(
    documents: NDArray[np.float32],
    codes: Codes,
    query: Vector,
    allowed: Mask | None,
    *,
    floor: float,
    min_similarity: float,
    without: int | None = None,
) -> Ranking:
    """The documents (`float32[n, d]`, unit rows) near a unit query (`float32[d]`), nearest first.

    Near is at least `floor` of the greatest similarity that any document has, selected or not, and `min_similarity`.
    Of too many the nearest. Evidence rises from 0 there to 1 at the greatest. `without`: a row that is left out as if
    there were none.
    """
    products, unit, error = codes.products(query)
    if without is not None:
        products[without] = -np.inf
    nearest = np.flatnonzero(products >= products.max() - 2 * error / unit)
    best = float((documents[nearest] @ query).max())
    least = max(floor * best, min_similarity)
    if best < least:
        return Ranking()
    rows = np.flatnonzero(products >= (least - error) / unit)
    if len(rows) > MOST_NEAR:
        last = np.partition(products[rows], -MOST_NEAR)[-MOST_NEAR]  # so many are, exactly, above this less the error
        rows = rows[products[rows] >= last - 2 * error / unit]
    similarities: NDArray[np.float64] = (documents[rows] @ query).astype(np.float64)
    order = np.lexsort((rows, -similarities))[:MOST_NEAR]
    order = order[similarities[order] >= least]
    rows, similarities = rows[order], similarities[order]
    span = best - floor * best
    evidence = np.clip((similarities - floor * best) / span, 0.0, 1.0) if span > 0 else np.ones(len(rows))
    return Ranking(rows, evidence, similarities).among(allowed)  # after the cut: a constraint only takes away
