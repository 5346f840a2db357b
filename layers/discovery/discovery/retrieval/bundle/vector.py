"""Vector retrieval: the documents whose cosine similarity with a query comes near that of the nearest."""

import numpy as np

from discovery.catalogue.embeddings import Vector
from discovery.catalogue.vectors import DocumentVectors
from discovery.retrieval.bundle.selection import Mask
from discovery.retrieval.meaning import nearest
from discovery.retrieval.ranking import Ranking

MOST_NEAR = 2000
"""What one search gives at most: where nothing stands out, thousands are nearly as near as the nearest."""


def retrieve(
    documents: DocumentVectors,
    query: Vector,
    allowed: Mask | None,
    *,
    floor: float,
    min_similarity: float,
    without: int | None = None,
) -> Ranking:
    """The documents near a unit query (`float32[d]`), nearest first.

    Near is at least `floor` of the greatest similarity that any document has, selected or not, and `min_similarity`.
    Of too many the nearest. `without`: a row that is left out as if there were none.
    """
    left_out = () if without is None else (without,)
    near = documents.near(query, MOST_NEAR, floor=floor, least=min_similarity, without=left_out)
    found = nearest(
        near.rows,
        near.similarities.astype(np.float64),
        best=near.best,
        most=MOST_NEAR,
        floor=floor,
        min_similarity=min_similarity,
    )
    return found.among(allowed)  # after the cut: a constraint only takes away
