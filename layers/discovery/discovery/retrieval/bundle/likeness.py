"""Likeness to a title: what a query with "like <title>" asks for.

    likeness(d) = 0.5 · meaning + 0.3 · genres + 0.2 · keywords            each in [0, 1]; the weights are `scoring`

Meaning is the cosine of the two titles' texts over the greatest that any other title has; genres are the Jaccard index
of the two sets; keywords are the share of the title's keywords that d has, of three at most.
"""

import numpy as np
from numpy.typing import NDArray
from tantivy import Query

from discovery.catalogue import keyword_index as fields
from discovery.catalogue.bundle import Catalogue
from discovery.catalogue.title_key import title_key
from discovery.retrieval.bundle.ranking import Ranking, greatest
from discovery.retrieval.bundle.selection import Mask
from discovery.scoring import SCORING, LikenessScoring

_ENOUGH_KEYWORDS = 3
_MOST = 200

Values = NDArray[np.float64]


def retrieve(
    catalogue: Catalogue, row: int, allowed: Mask | None, scoring: LikenessScoring = SCORING.likeness
) -> Ranking:
    """The titles most like that of a row, without itself."""
    meaning = catalogue.vectors @ catalogue.vectors[row]
    meaning[row] = -1.0
    likeness: Values = (
        scoring.meaning * np.clip(meaning / max(float(meaning.max()), 1e-9), 0.0, 1.0)
        + scoring.genres * _shared_genres(catalogue, row)
        + scoring.keywords * _shared_keywords(catalogue, row)
    )
    likeness[row] = -1.0
    best = greatest(likeness, _MOST + 1)
    best = best[likeness[best] > 0]
    return Ranking(best, likeness[best]).among(allowed)  # after the cut, so that a constraint only takes away


def _shared_genres(catalogue: Catalogue, row: int) -> Values:
    genres = catalogue.columns.genres
    shared = genres[:, genres[row]].sum(axis=1)
    counts = catalogue.columns.genre_counts
    either = counts + counts[row] - shared
    return np.asarray(shared / np.maximum(either, 1), dtype=np.float64)


def _shared_keywords(catalogue: Catalogue, row: int) -> Values:
    keys = dict.fromkeys(map(title_key, catalogue.documents.content(row).keywords))
    shared = np.zeros(catalogue.size)
    for key in keys:
        rows, _ = catalogue.keyword.rows(Query.term_query(catalogue.keyword.index.schema, fields.KEYWORD_KEY, key))
        shared[rows] += 1
    return np.minimum(shared / min(max(len(keys), 1), _ENOUGH_KEYWORDS), 1.0)
