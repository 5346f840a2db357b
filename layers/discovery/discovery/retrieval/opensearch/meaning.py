"""Vector retrieval: the titles whose cosine similarity with a query comes near that of the nearest.

The nearest are looked for among all titles and not among those that pass, since what is near enough is in proportion
to the nearest of all: a filter only takes away.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from discovery.catalogue.embeddings import Vector
from discovery.opensearch import mapping as fields
from discovery.opensearch.engine import Body
from discovery.retrieval.meaning import nearest
from discovery.retrieval.opensearch.asking import Asking, Form
from discovery.retrieval.opensearch.hits import Hits
from discovery.retrieval.opensearch.pool import Pool
from discovery.retrieval.ranking import Ranking
from discovery.settings.retrieval import RetrievalSettings

MOST_NEAR = 2000
"""What one search gives at most, as of a bundle."""
_BEAM = 2000
"""How wide Lucene's graph is searched. Some texts are like no other, and few ways lead to them.

Of the nearest 200 of 36 273 films in one segment, a beam of 1 000 finds 98 % in the graph that `mapping` asks for. In
one of 24 links a title, it finds 93 %, one of 2 000 97 % and one of 4 000 99 %.
"""
_ROUNDING = 1e-6
"""That scores, which are of single precision, may be below what they stand for."""


def asking(vector: Vector, form: Form, settings: RetrievalSettings, *, without: str | None = None) -> Asking:
    """Search for what is near a unit vector; `without`: a title that is left out as if there were none."""

    def read(found: Sequence[Hits], pool: Pool) -> Ranking:
        hits = found[0].without(without)
        similarities = cosines(hits.scores)
        return nearest(
            pool.rows(hits),
            similarities,
            best=float(similarities.max(initial=-1.0)),
            most=MOST_NEAR,
            floor=settings.similarity_floor,
            min_similarity=settings.min_similarity,
        )

    return Asking([form.search(near(vector), MOST_NEAR, min_score=score(settings.min_similarity) - _ROUNDING)], read)


def near(vector: Vector) -> Body:
    """What is nearest to a unit vector."""
    return {"knn": {fields.VECTOR: {"vector": vector.tolist(), "k": _BEAM}}}


def score(cosine: float) -> float:
    """Lucene's score of an inner product of unit vectors (`VectorUtil.scaleMaxInnerProductScore`)."""
    return 1 + cosine if cosine >= 0 else 1 / (1 - cosine)


def cosines(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """The inverse of `score`."""
    return np.where(scores >= 1, scores - 1, 1 - 1 / np.maximum(scores, 1e-9))
