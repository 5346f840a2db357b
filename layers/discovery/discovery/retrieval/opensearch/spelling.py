"""Correcting a query: words that no title has are taken for near ones, or the whole query for a title."""

from collections.abc import Iterable, Sequence

from discovery.catalogue.title_key import SHORTEST_EDITED, title_key
from discovery.opensearch import mapping as fields
from discovery.opensearch.engine import Body, Engine, Search
from discovery.retrieval.opensearch import lexicon
from discovery.retrieval.opensearch.asking import fuzzy
from discovery.retrieval.opensearch.lookups import Lookups, title_of
from discovery.retrieval.query_syntax import parts_of
from discovery.retrieval.spelling import respelled, words_in
from discovery.retrieval.understanding.syntax import is_plain


class Speller:
    """Corrects queries to one catalogue."""

    def __init__(self, engine: Engine, titles: str, names: str, lookups: Lookups) -> None:
        self._engine = engine
        self._titles = titles
        self._names = names
        self._lookups = lookups

    async def corrected(self, query: str) -> str:
        """The query with its unknown words replaced; as it is where it is query syntax, or begins a title.

        Raises:
            IndexUnavailable: there is no answer.
        """
        if not is_plain(query):
            return query
        unknown = await self._unknown(words_in(query))
        if not unknown:
            return query
        key = title_key(query)
        searches = [Search(self._titles, begun_search(key)), Search(self._titles, near_titles_search(key, 1, 1))]
        searches += [Search(self._names, body) for body in lexicon.searches(unknown)]
        begun, near, *found = await self._engine.search(searches)
        if begun.total:
            return query
        if near.hits:
            return title_of(near.hits[0]).title
        return respelled(query, lexicon.corrections(unknown, found))

    async def corrected_words(self, words: Sequence[str]) -> dict[str, str | None]:
        """The words that are meant by some that the catalogue lacks."""
        bodies = lexicon.searches(words)
        answers = await self._engine.search([Search(self._names, body) for body in bodies]) if bodies else []
        return dict(lexicon.corrections(words, answers))

    async def _unknown(self, words: Iterable[str]) -> list[str]:
        """Those words of which the catalogue lacks a part."""
        parts = {word: parts_of(word) for word in words}
        looked_up = await self._lookups.look_up(words=[part for of in parts.values() for part in of])
        return [word for word, of in parts.items() if not all(map(looked_up.count, of))]


def begun_search(key: str) -> Body:
    """A search for whether any title begins so: the last word may just be unfinished."""
    return {"query": {"prefix": {fields.TITLE_KEY: key}}, "size": 0, "track_total_hits": 1}


def near_titles_search(key: str, edits: int, most: int) -> Body:
    """A search for the most popular titles within so many edits of a `title_key` that is long enough to tell."""
    return {
        "query": {"bool": {"filter": [fuzzy(fields.TITLE_KEY, key, edits)]}}
        if len(key) >= SHORTEST_EDITED
        else {"match_none": {}},
        "size": most,
        "sort": [{fields.POPULARITY: "desc"}, {fields.ID: "asc"}],
        "_source": [f"{fields.CONTENT}.title"],
        "docvalue_fields": [fields.ID],
        "track_total_hits": False,
    }
