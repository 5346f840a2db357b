"""The words of a catalogue's titles, people, genres and keywords, in a Tantivy index of their own: for spelling.

A query's word that no text of the catalogue has is looked up there within one or two edits, by the same automaton as
titles are (`retrieval.bundle.titles`). Of several the most frequent one is meant (Norvig, "How to Write a Spelling
Corrector", 2007, without a model of errors but that first letters are rarely wrong).
"""

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Self

import tantivy

from discovery.catalogue.content import Content
from discovery.catalogue.tantivy_index import TantivyIndex
from discovery.catalogue.title_key import SHORTEST_EDITED, folded, words_of

_WORD, _COUNT = "word", "count"
_SHORTEST_TWICE = 8
"""Letters from which on two edits may be made."""
CANDIDATES = 100
"""Words near one, among which the likeliest is looked for."""


class Lexicon(TantivyIndex):
    """An open lexicon."""

    @classmethod
    def write(cls, folder: Path, counts: Mapping[str, int]) -> None:
        """Index words, each with how many contents have it in their names (`words_for_spelling`)."""
        builder = tantivy.SchemaBuilder()
        builder.add_text_field(_WORD, tokenizer_name="raw", stored=True)
        builder.add_unsigned_field(_COUNT, fast=True)
        cls.write_documents(folder, builder.build(), (_entry(word, counts[word]) for word in sorted(counts)))

    def with_changes(self, gone: Collection[str], added: Collection[str]) -> Self:
        """This lexicon without some words, and with others, each of one content; those that it has stay as they are."""
        new = sorted(word for word in added if not self.near(word, 0))
        schema = self.index.schema
        return self.changed(
            [tantivy.Query.term_query(schema, _WORD, word) for word in gone], (_entry(word, 1) for word in new)
        )

    def corrected(self, word: str) -> str | None:
        """The word that is meant by one that the catalogue lacks; None where none is near."""
        key = folded(word)
        return next((found[0] for distance in edits(key) if (found := self.near(key, distance))), None)

    def near(self, key: str, distance: int) -> list[str]:
        """The words within so many edits of a `folded` one, at most two; the likeliest first."""
        query = tantivy.Query.fuzzy_term_query(self.index.schema, _WORD, key, distance=distance)
        hits = self.searcher.search(query, limit=CANDIDATES, count=False).hits
        addresses = [address for _, address in hits]
        counts = self.searcher.fast_field_values(_COUNT, addresses)
        words = [str(self.searcher.doc(address)[_WORD][0]) for address in addresses]
        return likeliest(key, {word: int(count or 0) for word, count in zip(words, counts, strict=True)})


def _entry(word: str, count: int) -> tantivy.Document:
    document = tantivy.Document()
    document.add_text(_WORD, word)
    document.add_unsigned(_COUNT, count)
    return document


def edits(key: str) -> tuple[int, ...]:
    """Within how many edits of a `folded` word others are meant by it, one number after the other; none of some."""
    if len(key) < SHORTEST_EDITED or not key.isalpha():
        return ()
    return (1, 2) if len(key) >= _SHORTEST_TWICE else (1,)


def likeliest(key: str, counts: Mapping[str, int]) -> list[str]:
    """Words near a `folded` one, by how likely each is meant: with its first letter, and in how many titles it is."""
    return sorted(counts, key=lambda word: (word[0] == key[0], counts[word], word), reverse=True)


def words_for_spelling(content: Content) -> Iterable[str]:
    """The words of a content's names, each once and without the short ones."""
    texts = (content.title, *content.aliases, *content.cast, *content.directors, *content.genres, *content.keywords)
    words = {word for text in texts for word in words_of(text)}
    return (word for word in words if len(word) >= SHORTEST_EDITED)
