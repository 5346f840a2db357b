"""Origin evidence: how much of what a query says of countries and languages a title has.

The index has them as words, with the adjectives of countries. "french" is a word of every title that is from France or
in French.
"""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from tantivy import Query

from discovery.catalogue import keyword_index as fields
from discovery.catalogue.keyword_index import KeywordIndex
from discovery.retrieval.bundle.selection import Mask

_REMEMBERED = 32
"""Words whose titles are kept: looking up "american", with 10 000 titles, takes 5 ms, and reading a mask none."""


class Origins:
    """The origins of the titles of one index, of which there are `size`."""

    def __init__(self, index: KeywordIndex, size: int) -> None:
        # Of no method: that would refer to its owner, and keep the index open after its last use.
        self._having = lru_cache(_REMEMBERED)(lambda word: _found(index, size, word))

    def share(self, words: Sequence[str], rows: NDArray[np.intp]) -> NDArray[np.float64]:
        """The share of the words that each row has, `[len(rows)]`."""
        if not words:
            return np.zeros(len(rows))
        return np.mean([self._having(word)[rows] for word in words], axis=0, dtype=np.float64)


def _found(index: KeywordIndex, size: int, word: str) -> Mask:
    """Which rows have a word, or a name of several side by side, `bool[n]`."""
    schema, terms = index.index.schema, index.analyze(word)
    if len(terms) == 1:
        query = Query.term_query(schema, fields.ORIGINS, terms[0])
    else:
        query = Query.phrase_query(schema, fields.ORIGINS, [*terms])
    having: Mask = np.zeros(size, dtype=np.bool_)
    having[index.all_rows(query)] = True
    return having
