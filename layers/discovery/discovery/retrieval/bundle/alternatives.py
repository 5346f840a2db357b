"""Other queries that may be meant by one that finds nothing. Whether they find something is for their user to see.

Looser than what a search itself tries: titles and words two edits away, names that are not begun but for an edit, and
the query with less in it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from tantivy import Query

from discovery.api.nothing_found import Why
from discovery.catalogue import keyword_index as fields
from discovery.catalogue.bundle import Catalogue
from discovery.catalogue.title_key import folded, title_key
from discovery.retrieval.bundle.query_syntax import MAX_WORDS, is_plain, plain_words
from discovery.retrieval.bundle.spelling import Speller
from discovery.retrieval.bundle.suggester import Suggester
from discovery.retrieval.understanding.query import ParsedQuery
from discovery.retrieval.understanding.wording import tidy

_SHORTEST_TITLE, _LONGEST_TITLE = 6, 60
"""Letters of a query that titles two edits away are looked up for."""
_SHORTEST_WORD = 6
_MOST_UNKNOWN = 3
"""Words of a query that near ones are looked up for."""
_MOST = 2
"""Alternatives of one kind."""
_EDITS = 2


@dataclass(frozen=True)
class Alternative:
    """Another query, and how it came about."""

    query: str
    why: Why


class Alternatives:
    """Finds alternatives in one catalogue."""

    def __init__(self, catalogue: Catalogue, speller: Speller) -> None:
        self._catalogue = catalogue
        self._speller = speller
        self._suggester = Suggester(catalogue.suggestions)

    def words(self, text: str) -> dict[str, bool]:
        """The first words of a text, each once, and whether any text of the catalogue has them."""
        words = islice(dict.fromkeys(plain_words(text).split()), MAX_WORDS)
        return {word: self._frequency(word) > 0 for word in words}

    def of(self, query: ParsedQuery) -> Iterator[Alternative]:
        """The likeliest first, each once; worked out as they are asked for."""
        seen = {query.query.casefold()}
        for alternative in self._all(query):
            if alternative.query and alternative.query.casefold() not in seen:
                seen.add(alternative.query.casefold())
                yield alternative

    def _all(self, query: ParsedQuery) -> Iterator[Alternative]:
        text = query.query
        if not is_plain(text):
            text = plain_words(text)
            yield Alternative(text, "plain_words")
        yield Alternative(self._speller.corrected(text), "spelling")
        yield from _as("near_title", self._near_titles(text))
        yield from _as("near_name", [one.text for one in self._suggester.suggest(text, 1).suggestions[:_MOST]])
        words = text.split()
        frequencies = {word: self._frequency(word) for word in words[:MAX_WORDS]}
        unknown = [word for word, frequency in frequencies.items() if not frequency]
        yield from _as("near_word", self._respelled(words, unknown[:_MOST_UNKNOWN]))
        if query.wanted.any:
            yield from _as("fewer_constraints", (tidy(query.parsed.text), query.parsed.terms))
        yield Alternative(_without(words, unknown), "fewer_words")
        rarest = sorted((word for word in frequencies if word not in unknown), key=lambda word: frequencies[word])
        for word in rarest[:_MOST]:
            yield Alternative(_without(words, [*unknown, word]), "fewer_words")

    def _frequency(self, word: str) -> int:
        """In how many texts a word is; of several terms, the rarest."""
        keyword = self._catalogue.keyword
        return min(map(keyword.frequency, keyword.analyze(word)), default=0)

    def _near_titles(self, text: str) -> list[str]:
        """The most popular titles within two edits."""
        key = title_key(text)
        if not _SHORTEST_TITLE <= len(key) <= _LONGEST_TITLE:
            return []
        keyword, popularity = self._catalogue.keyword, self._catalogue.columns.popularity
        near = Query.fuzzy_term_query(keyword.index.schema, fields.TITLE_KEY, key, distance=_EDITS)
        rows, _ = keyword.rows(near)
        popular = sorted(rows.tolist(), key=lambda row: (-float(popularity[row]), row))
        return [content.title for content in self._catalogue.contents(popular[:_MOST])]

    def _respelled(self, words: Sequence[str], unknown: Iterable[str]) -> Iterator[str]:
        """The words with the unknown ones taken for near ones, and without those that no word is near to."""
        near = {word: self._near_words(word) for word in unknown}
        for place in range(max(map(len, near.values()), default=0)):
            meant = {word: (found[min(place, len(found) - 1)] if found else "") for word, found in near.items()}
            yield tidy(" ".join(meant.get(word, word) for word in words))

    def _near_words(self, word: str) -> list[str]:
        lexicon, key = self._catalogue.lexicon, folded(word)
        near = [corrected] if (corrected := lexicon.corrected(word)) else []
        if len(key) >= _SHORTEST_WORD and key.isalpha():
            near += lexicon.near(key, _EDITS)
        return list(dict.fromkeys(near))[:_MOST]


def _as(why: Why, queries: Iterable[str]) -> Iterator[Alternative]:
    return (Alternative(query, why) for query in queries)


def _without(words: Iterable[str], left_out: Sequence[str]) -> str:
    return tidy(" ".join(word for word in words if word not in left_out))
