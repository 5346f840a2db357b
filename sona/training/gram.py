"""Sums of XᵀX between any titles, without adding up those between popular titles again and again.

Many people met two popular titles, so a sum between them is long, and they are neighbours of many titles: these sums
are added up once. A sum of an unpopular title is short, since only the few people who met it have a part in it.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

MOST_POPULAR = 4000
"""Titles whose sums are kept: 128 MB."""


class Gram:
    """Over X, `[people, titles]`."""

    def __init__(self, matrix: csr_array, popular: int = MOST_POPULAR) -> None:
        """`popular`: how many titles count as such."""
        self._by_person = matrix
        self._by_title = matrix.tocsc()
        met = np.bincount(matrix.indices, minlength=matrix.shape[1])
        titles = np.sort(np.argsort(-met, kind="stable")[:popular])
        self._place = np.full(matrix.shape[1], -1, dtype=np.intp)
        self._place[titles] = np.arange(len(titles))
        self._column = np.full(matrix.shape[1], -1, dtype=np.intp)
        """Of the titles that are being summed; −1 for all others."""
        among_popular = self._by_title[:, titles]
        self._between = (among_popular.T @ among_popular).toarray()

    def among(self, titles: NDArray[np.int64]) -> NDArray[np.float64]:
        """Of k different titles, `[k, k]`."""
        place = self._place[titles]
        kept = np.flatnonzero(place >= 0)
        sums = np.zeros((len(titles), len(titles)))
        sums[np.ix_(kept, kept)] = self._between[np.ix_(place[kept], place[kept])]
        self._column[titles] = np.arange(len(titles))
        for row in np.flatnonzero(place < 0):
            sums[row] = sums[:, row] = self._with(int(titles[row]), len(titles))
        self._column[titles] = -1
        return sums

    def _with(self, title: int, count: int) -> NDArray[np.float64]:
        """The sums of one title with those that have a column now, `[count]`."""
        start, end = self._by_title.indptr[title : title + 2]
        met = self._by_person[self._by_title.indices[start:end]]
        likings = np.repeat(self._by_title.data[start:end], np.diff(met.indptr)) * met.data
        column = self._column[met.indices]
        wanted = column >= 0
        return np.bincount(column[wanted], likings[wanted], minlength=count)
