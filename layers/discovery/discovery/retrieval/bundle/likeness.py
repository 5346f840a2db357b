"""Likeness to a title, over a bundle's vectors and columns; `retrieval.likeness` has how it is measured."""

import numpy as np
from numpy.typing import NDArray
from tantivy import Query

from discovery.catalogue import keyword_index as fields
from discovery.catalogue.bundle import Catalogue
from discovery.catalogue.title_key import title_key
from discovery.retrieval.bundle.selection import Mask
from discovery.retrieval.likeness import MOST, jaccard, likeness, share_of_keywords
from discovery.retrieval.ranking import Ranking, greatest
from discovery.scoring import SCORING, LikenessScoring

_REFINED = 2000
"""Titles that are compared as well as their vectors are known, where the cosines of all are rough."""

Values = NDArray[np.float64]


def retrieve(
    catalogue: Catalogue, row: int, allowed: Mask | None, scoring: LikenessScoring = SCORING.likeness
) -> Ranking:
    """The titles most like that of a row, without itself."""
    vectors = catalogue.vectors
    title = vectors[row]
    meaning = vectors.cosines(title)
    meaning[row] = -1.0
    genres, keywords = _shared_genres(catalogue, row), _shared_keywords(catalogue, row)
    alike = likeness(meaning, genres, keywords, scoring)
    alike[row] = -1.0
    if vectors.rough:
        rows = greatest(alike, _REFINED)
        rows = rows[rows != row]
        alike[:] = -1.0
        alike[rows] = likeness(vectors.refined(title, rows), genres[rows], keywords[rows], scoring)
    best = greatest(alike, MOST + 1)
    best = best[alike[best] > 0]
    return Ranking(best, alike[best]).among(allowed)  # after the cut, so that a constraint only takes away


def _shared_genres(catalogue: Catalogue, row: int) -> Values:
    genres = catalogue.columns.genres
    shared = genres.shared(genres.codes(row))
    counts = catalogue.columns.genre_counts
    return jaccard(shared, counts, int(counts[row]))


def _shared_keywords(catalogue: Catalogue, row: int) -> Values:
    keys = dict.fromkeys(map(title_key, catalogue.documents.content(row).keywords))
    shared = np.zeros(catalogue.size)
    for key in keys:
        rows, _ = catalogue.keyword.rows(Query.term_query(catalogue.keyword.index.schema, fields.KEYWORD_KEY, key))
        shared[rows] += 1
    return share_of_keywords(shared, len(keys))
