"""Correcting a query: words that no text of the catalogue has are taken for near ones that it has.

Where the whole query is one edit from a title, that title is meant.
"""

from tantivy import Query

from discovery.catalogue import keyword_index as fields
from discovery.catalogue.bundle import Catalogue
from discovery.catalogue.title_key import title_key
from discovery.retrieval.spelling import respelled, words_in
from discovery.retrieval.understanding.syntax import is_plain


class Speller:
    """Corrects queries to one catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._index = catalogue.keyword

    def corrected(self, query: str) -> str:
        """The query with its unknown words replaced; as it is where it is query syntax, or begins a title."""
        unknown = [word for word in words_in(query) if not self._is_known(word)]
        if not is_plain(query) or not unknown or self._begins_a_title(query):
            return query
        if (row := self._catalogue.near_title(query)) is not None:
            return self._catalogue.documents.content(row).title
        return respelled(query, {word: self._catalogue.lexicon.corrected(word) for word in unknown})

    def _is_known(self, word: str) -> bool:
        return all(map(self._index.has, self._index.analyze(word)))

    def _begins_a_title(self, query: str) -> bool:
        """Whether the last word may just be unfinished."""
        beginning = Query.fuzzy_term_query(
            self._index.index.schema, fields.TITLE_KEY, title_key(query), distance=0, prefix=True
        )
        return bool(self._index.searcher.search(beginning, limit=1, count=False).hits)
