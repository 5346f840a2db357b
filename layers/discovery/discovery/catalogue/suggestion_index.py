"""The names that a catalogue can suggest, in a Tantivy index of their own.

A name is found by how any of its words begins: "dark knight rises" is a *rest* of "The Dark Knight Rises", and what
somebody has typed is the beginning of a rest. Beginnings of a few letters are terms themselves, since thousands of
names begin so; a longer one is looked up among the rests by the automaton that finds titles.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import tantivy
from tantivy import Query

from discovery.catalogue.content import Content
from discovery.catalogue.documents import Documents
from discovery.catalogue.suggestions import KINDS, Gathered, Kind, Suggestion, title_suggestion
from discovery.catalogue.tantivy_index import TantivyIndex
from discovery.catalogue.title_key import title_key, title_key_of, words_of

LONGEST = 100
"""Letters of a name that count."""
_SHORT = 4
"""Letters of a beginning that is a term itself."""
_NAME, _BEGINNING, _REST = "name", "beginning", "rest"
_WEIGHT, _ROW, _TEXT = "weight", "row", "text"
_SCALE = 2**32
_LAST = 0
"""The weight of a name that comes after all others."""
_NAMESAKES = 1000
"""Titles of one name, among which one is looked for."""


class SuggestionIndex(TantivyIndex):
    """An open index of suggestions: names, and the rows of titles."""

    @classmethod
    def write(cls, folder: Path, contents: Iterable[Content]) -> None:
        """Index what contents can suggest."""
        builder = tantivy.SchemaBuilder()
        for kind in KINDS:
            for part in (_NAME, _BEGINNING, _REST):
                builder.add_text_field(_field(kind, part), tokenizer_name="raw", index_option="basic")
        builder.add_unsigned_field(_WEIGHT, fast=True)
        builder.add_unsigned_field(_ROW, fast=True)
        builder.add_bytes_field(_TEXT, stored=True)
        cls.write_documents(folder, builder.build(), _documents(contents))

    def term(self, kind: Kind, part: str, text: str) -> Query:
        """What has a text as one of its names, or of its beginnings."""
        return Query.term_query(self.index.schema, _field(kind, part), text, index_option="basic")

    def rest(self, kind: Kind, beginning: str, *, distance: int) -> Query:
        """What has a rest that begins so, but for some edits."""
        schema = self.index.schema
        return Query.fuzzy_term_query(schema, _field(kind, _REST), beginning, distance=distance, prefix=True)

    def best(self, query: Query, limit: int) -> Sequence[tuple[int, tantivy.DocAddress]]:
        """What a query finds, the best first, with its weight."""
        hits = self.searcher.search(query, limit=limit, count=False, order_by_field=_WEIGHT).hits
        return [(int(weight), address) for weight, address in hits]

    def rows(self, addresses: Sequence[tantivy.DocAddress]) -> list[int]:
        """The rows of titles."""
        return [int(row or 0) for row in self.searcher.fast_field_values(_ROW, list(addresses))]

    def text(self, address: tantivy.DocAddress) -> str:
        """A name that is no title."""
        return bytes(self.searcher.doc(address)[_TEXT][0]).decode()


@dataclass(frozen=True)
class Suggestions:
    """What a catalogue can suggest. All answers are the best first."""

    index: SuggestionIndex
    documents: Documents
    """Of the catalogue, which has its titles."""

    def with_changes(self, gone: Mapping[int, Content], added: Mapping[int, Content], places: Sequence[float]) -> Self:
        """These without some titles, and with others behind the last; each with its row.

        `places`: of those, among all; 1 is the best, 0 the last. New people, genres and keywords come last, and
        those that no title has any more stay.
        """
        rows, gathered = list(added), Gathered(added.values())
        documents = [_title(one, int(_SCALE * places[place]), rows[place]) for place, one in gathered.titles]
        others = [one for of_kind in gathered.names.values() for one in of_kind]
        new = [one for one in others if not self.named(one.kind, title_key(one.text)[:LONGEST], 1)]
        documents += [_name(one, _LAST) for one in new]
        without = [self._of_title(row, content) for row, content in gone.items()]
        index = self.index.changed([query for query in without if query is not None], documents)
        return type(self)(index, self.documents.with_added(added.values()))

    def _of_title(self, row: int, content: Content) -> Query | None:
        """What finds a title's suggestion, if it has one."""
        named = self.index.term("title", _NAME, title_key(content.title)[:LONGEST])
        found = self.index.best(named, _NAMESAKES)
        there = row in self.index.rows([address for _, address in found])
        return self.index.one(named, _ROW, row) if there else None

    def named(self, kind: Kind, key: str, limit: int) -> list[Suggestion]:
        """Those of which a whole name is this (`title_key`)."""
        return self._suggestions(kind, self.index.term(kind, _NAME, key), limit)

    def begun(self, kind: Kind, beginning: str, limit: int) -> list[Suggestion]:
        """Those of which a rest begins so; `beginning` is folded words (`words_of`)."""
        if len(beginning) <= _SHORT:
            query = self.index.term(kind, _BEGINNING, beginning)
        else:
            query = self.index.rest(kind, beginning, distance=0)
        return self._suggestions(kind, query, limit)

    def nearly_begun(self, kind: Kind, beginning: str, limit: int) -> list[tuple[int, Suggestion]]:
        """Those of which a rest begins so but for one edit, and their weights, by which kinds can be compared."""
        return self._weighed(kind, self.index.rest(kind, beginning, distance=1), limit)

    def _suggestions(self, kind: Kind, query: Query, limit: int) -> list[Suggestion]:
        return [found for _, found in self._weighed(kind, query, limit)]

    def _weighed(self, kind: Kind, query: Query, limit: int) -> list[tuple[int, Suggestion]]:
        found = self.index.best(query, limit)
        weights, addresses = [weight for weight, _ in found], [address for _, address in found]
        if kind == "title":
            suggestions = [title_suggestion(self.documents.content(row)) for row in self.index.rows(addresses)]
        else:
            suggestions = [Suggestion(kind, self.index.text(address)) for address in addresses]
        return list(zip(weights, suggestions, strict=True))


def rests(name: str) -> list[str]:
    """A name's words from each of them on: "the dark knight", "dark knight", "knight"."""
    return _rests(words_of(name))


def _rests(words: Sequence[str]) -> list[str]:
    return [" ".join(words[start:])[:LONGEST] for start in range(len(words))]


def _field(kind: Kind, part: str) -> str:
    return f"{kind}_{part}"


def _documents(contents: Iterable[Content]) -> Iterator[tantivy.Document]:
    gathered = Gathered(contents)
    # Places of one kind differ, so that equals have an order; the best of every kind weighs the same.
    for place, (row, title) in enumerate(gathered.titles):
        yield _title(title, _SCALE * (len(gathered.titles) - place) // len(gathered.titles), row)
    for names in gathered.names.values():
        for place, name in enumerate(names):
            yield _name(name, _SCALE * (len(names) - place) // len(names))


def _title(suggestion: Suggestion, weight: int, row: int) -> tantivy.Document:
    document = _document(suggestion, weight)
    document.add_unsigned(_ROW, row)
    return document


def _name(suggestion: Suggestion, weight: int) -> tantivy.Document:
    document = _document(suggestion, weight)
    document.add_bytes(_TEXT, suggestion.text.encode())
    return document


def _document(suggestion: Suggestion, weight: int) -> tantivy.Document:
    document = tantivy.Document()
    document.add_unsigned(_WEIGHT, weight)
    words = [words_of(name) for name in suggestion.names]
    found_by = {rest for of in words for rest in _rests(of)}
    terms = {
        _NAME: {title_key_of(of)[:LONGEST] for of in words},
        _BEGINNING: {rest[:length] for rest in found_by for length in range(1, _SHORT + 1)},
        _REST: found_by,
    }
    for part, texts in terms.items():
        field = _field(suggestion.kind, part)
        for text in sorted(texts):
            document.add_text(field, text)
    return document
