"""Other queries that may be meant by one that finds nothing. Whether they find something is for their user to see.

Looser than what a search itself tries: titles and words two edits away, names that are not begun but for an edit, and
the query with less in it.
"""

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Protocol

from discovery.api.nothing_found import Why
from discovery.catalogue.title_key import folded, title_key
from discovery.retrieval.index import Alternative
from discovery.retrieval.query_syntax import MAX_WORDS, plain_words
from discovery.retrieval.understanding.query import ParsedQuery
from discovery.retrieval.understanding.syntax import is_plain
from discovery.retrieval.understanding.wording import tidy

EDITS = 2
_SHORTEST_TITLE, _LONGEST_TITLE = 6, 60
"""Letters of a query that titles two edits away are looked up for."""
_SHORTEST_WORD = 6
_MOST_UNKNOWN = 3
"""Words of a query that near ones are looked up for."""
MOST = 2
"""Alternatives of one kind."""


class Vocabulary(Protocol):
    """What a catalogue says of words and names, however far away it is."""

    async def frequencies(self, words: Sequence[str]) -> Mapping[str, int]:
        """In how many texts each word is; of several terms, the rarest."""
        ...

    async def corrected(self, text: str) -> str:
        """A text as a search would correct it."""
        ...

    async def near_titles(self, key: str) -> Sequence[str]:
        """The most popular titles within `EDITS` of a `title_key`, at most `MOST`."""
        ...

    async def near_names(self, text: str) -> Sequence[str]:
        """Names that a text begins, or nearly begins, one of each kind."""
        ...

    async def corrected_word(self, word: str) -> str | None:
        """The word that is meant by one that the catalogue lacks; None where none is near."""
        ...

    async def near_words(self, key: str) -> Sequence[str]:
        """The words within `EDITS` of a `folded` one, the likeliest first."""
        ...


class Alternatives:
    """Finds alternatives in one catalogue."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary

    async def words(self, text: str) -> dict[str, bool]:
        """The first words of a text, each once, and whether any text of the catalogue has them."""
        words = list(islice(dict.fromkeys(plain_words(text).split()), MAX_WORDS))
        frequencies = await self._vocabulary.frequencies(words)
        return {word: frequencies[word] > 0 for word in words}

    async def of(self, query: ParsedQuery) -> AsyncIterator[Alternative]:
        """The likeliest first, each once; worked out as they are asked for."""
        seen = {query.query.casefold()}
        async for alternative in self._all(query):
            if alternative.query and alternative.query.casefold() not in seen:
                seen.add(alternative.query.casefold())
                yield alternative

    async def _all(self, query: ParsedQuery) -> AsyncIterator[Alternative]:
        vocabulary, text = self._vocabulary, query.query
        if not is_plain(text):
            text = plain_words(text)
            yield Alternative(text, "plain_words")
        yield Alternative(await vocabulary.corrected(text), "spelling")
        for alternative in _as("near_title", await self._near_titles(text)):
            yield alternative
        for alternative in _as("near_name", (await vocabulary.near_names(text))[:MOST]):
            yield alternative
        words = text.split()
        frequencies = await vocabulary.frequencies(words[:MAX_WORDS])
        unknown = [word for word, frequency in frequencies.items() if not frequency]
        for alternative in _as("near_word", await self._respelled(words, unknown[:_MOST_UNKNOWN])):
            yield alternative
        for alternative in _with_less(query, words, frequencies, unknown):
            yield alternative

    async def _near_titles(self, text: str) -> Sequence[str]:
        key = title_key(text)
        return await self._vocabulary.near_titles(key) if _SHORTEST_TITLE <= len(key) <= _LONGEST_TITLE else []

    async def _respelled(self, words: Sequence[str], unknown: Iterable[str]) -> list[str]:
        """The words with the unknown ones taken for near ones, and without those that no word is near to."""
        near = {word: await self._near_words(word) for word in unknown}
        respelled = []
        for place in range(max(map(len, near.values()), default=0)):
            meant = {word: (found[min(place, len(found) - 1)] if found else "") for word, found in near.items()}
            respelled.append(tidy(" ".join(meant.get(word, word) for word in words)))
        return respelled

    async def _near_words(self, word: str) -> list[str]:
        key = folded(word)
        near = [corrected] if (corrected := await self._vocabulary.corrected_word(word)) else []
        if len(key) >= _SHORTEST_WORD and key.isalpha():
            near += await self._vocabulary.near_words(key)
        return list(dict.fromkeys(near))[:MOST]


def _with_less(
    query: ParsedQuery, words: Sequence[str], frequencies: Mapping[str, int], unknown: Sequence[str]
) -> Iterator[Alternative]:
    if query.wanted.any:
        yield from _as("fewer_constraints", (tidy(query.parsed.text), query.parsed.terms))
    yield Alternative(_without(words, unknown), "fewer_words")
    rarest = sorted((word for word in frequencies if word not in unknown), key=lambda word: frequencies[word])
    for word in rarest[:MOST]:
        yield Alternative(_without(words, [*unknown, word]), "fewer_words")


def _as(why: Why, queries: Iterable[str]) -> Iterator[Alternative]:
    return (Alternative(query, why) for query in queries)


def _without(words: Iterable[str], left_out: Sequence[str]) -> str:
    return tidy(" ".join(word for word in words if word not in left_out))
