"""Likeness to a title: what a query with "like <title>" asks for. Pure.

    likeness(d) = 0.5 · meaning + 0.3 · genres + 0.2 · keywords            each in [0, 1]; the weights are `scoring`

Meaning is the cosine of the two titles' texts over the greatest that any other title has; genres are the Jaccard index
of the two sets; keywords are the share of the title's keywords that d has, of three at most.
"""

import numpy as np
from numpy.typing import NDArray

from discovery.scoring import LikenessScoring

MOST = 200
"""Titles that are like one."""
_ENOUGH_KEYWORDS = 3

Values = NDArray[np.float64]


def likeness(meaning: NDArray[np.floating], genres: Values, keywords: Values, scoring: LikenessScoring) -> Values:
    """Of titles, `[n]`, by their cosines and what they share."""
    return np.asarray(
        scoring.meaning * np.clip(meaning / max(float(meaning.max(initial=0.0)), 1e-9), 0.0, 1.0)
        + scoring.genres * genres
        + scoring.keywords * keywords,
        dtype=np.float64,
    )


def jaccard(shared: NDArray[np.integer], counts: NDArray[np.integer], count: int) -> Values:
    """The index of sets with `counts` members and one with `count`, of which they share so many, `[n]`."""
    return np.asarray(shared / np.maximum(counts + count - shared, 1), dtype=np.float64)


def share_of_keywords(shared: Values, count: int) -> Values:
    """Of a title's `count` keywords, of three at most, `[n]`."""
    return np.minimum(shared / min(max(count, 1), _ENOUGH_KEYWORDS), 1.0)
