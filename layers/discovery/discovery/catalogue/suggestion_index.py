"""The names that a catalogue can suggest, in a Tantivy index of their own.

A name is found by how any of its words begins: "dark knight rises" is a *rest* of "The Dark Knight Rises", and what
somebody has typed is the beginning of a rest. Beginnings of a few letters are terms themselves, since thousands of
names begin so; a longer one is looked up among the rests by the automaton that finds titles.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Self

import tantivy
from tantivy import Query

from discovery.catalogue.content import Content
from discovery.catalogue.suggestions import KINDS, Kind, Suggestion, suggestions_of
from discovery.catalogue.tantivy_index import TantivyIndex
from discovery.catalogue.title_key import title_key, title_key_of, words_of

LONGEST = 100
"""Letters of a name that count."""
_SHORT = 4
"""Letters of a beginning that is a term itself."""
_NAME, _BEGINNING, _REST = "name", "beginning", "rest"
_WEIGHT, _SHOWN = "weight", "shown"
_SCALE = 2**32
_LAST = 0
"""The weight of a name that comes after all others."""
_NAMESAKES = 1000
"""Titles of one name, among which one is looked for."""


class SuggestionIndex(TantivyIndex):
    """An open index of suggestions. All answers are the best first."""

    @classmethod
    def write(cls, folder: Path, contents: Iterable[Content]) -> None:
        """Index what contents can suggest."""
        builder = tantivy.SchemaBuilder()
        for kind in KINDS:
            for part in (_NAME, _BEGINNING, _REST):
                builder.add_text_field(_field(kind, part), tokenizer_name="raw", index_option="basic")
        builder.add_unsigned_field(_WEIGHT, fast=True)
        builder.add_bytes_field(_SHOWN, stored=True)
        cls.write_documents(folder, builder.build(), _documents(contents))

    def with_changes(self, gone: Collection[Content], added: Mapping[Content, float]) -> Self:
        """This index without some titles, and with others, each with its place among all: 1 is the best, 0 the last.

        New people, genres and keywords are added and come last; those that none but such titles had stay.
        """
        suggestions = suggestions_of(added)
        titles = {content.id: place for content, place in added.items()}
        documents = [_document(title, int(_SCALE * titles[title.content_id])) for title in suggestions.pop("title")]
        others = [one for of_kind in suggestions.values() for one in of_kind]
        new = [one for one in others if not self.named(one.kind, title_key(one.text)[:LONGEST], 1)]
        documents += [_document(one, _LAST) for one in new]
        return self.changed([query for content in gone for query in self._of_title(content)], documents)

    def _of_title(self, content: Content) -> Iterator[Query]:
        """What finds a title's suggestion: by its name and its weight, which no other title has."""
        named = self._term("title", _NAME, title_key(content.title)[:LONGEST])
        for weight, found in self._search(named, _NAMESAKES):
            if found.content_id == content.id:
                yield self.one(named, _WEIGHT, weight)

    def named(self, kind: Kind, key: str, limit: int) -> list[Suggestion]:
        """Those of which a whole name is this (`title_key`)."""
        return [found for _, found in self._search(self._term(kind, _NAME, key), limit)]

    def begun(self, kind: Kind, beginning: str, limit: int) -> list[Suggestion]:
        """Those of which a rest begins so; `beginning` is folded words (`words_of`)."""
        if len(beginning) <= _SHORT:
            query = self._term(kind, _BEGINNING, beginning)
        else:
            query = self._rest(kind, beginning, distance=0)
        return [found for _, found in self._search(query, limit)]

    def nearly_begun(self, kind: Kind, beginning: str, limit: int) -> list[tuple[int, Suggestion]]:
        """Those of which a rest begins so but for one edit, and their weights, by which kinds can be compared."""
        return self._search(self._rest(kind, beginning, distance=1), limit)

    def _term(self, kind: Kind, part: str, text: str) -> Query:
        return Query.term_query(self.index.schema, _field(kind, part), text, index_option="basic")

    def _rest(self, kind: Kind, beginning: str, *, distance: int) -> Query:
        schema = self.index.schema
        return Query.fuzzy_term_query(schema, _field(kind, _REST), beginning, distance=distance, prefix=True)

    def _search(self, query: Query, limit: int) -> list[tuple[int, Suggestion]]:
        hits = self.searcher.search(query, limit=limit, count=False, order_by_field=_WEIGHT).hits
        return [(int(weight), self._suggestion(address)) for weight, address in hits]

    def _suggestion(self, address: tantivy.DocAddress) -> Suggestion:
        fields = json.loads(bytes(self.searcher.doc(address)[_SHOWN][0]))
        return Suggestion(**fields | {"aliases": tuple(fields["aliases"])})


def rests(name: str) -> list[str]:
    """A name's words from each of them on: "the dark knight", "dark knight", "knight"."""
    return _rests(words_of(name))


def _rests(words: Sequence[str]) -> list[str]:
    return [" ".join(words[start:])[:LONGEST] for start in range(len(words))]


def _field(kind: Kind, part: str) -> str:
    return f"{kind}_{part}"


def _documents(contents: Iterable[Content]) -> Iterator[tantivy.Document]:
    for suggestions in suggestions_of(contents).values():
        for place, suggestion in enumerate(suggestions):
            # Places of one kind differ, so that equals have an order; the best of every kind weighs the same.
            yield _document(suggestion, _SCALE * (len(suggestions) - place) // len(suggestions))


def _document(suggestion: Suggestion, weight: int) -> tantivy.Document:
    document = tantivy.Document()
    document.add_unsigned(_WEIGHT, weight)
    document.add_bytes(_SHOWN, json.dumps(_shown(suggestion), ensure_ascii=False).encode())
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


def _shown(suggestion: Suggestion) -> dict[str, object]:
    """As `dataclasses.asdict` has it, in a fraction of the time."""
    return {name: getattr(suggestion, name) for name in _SHOWN_FIELDS}


_SHOWN_FIELDS = tuple(field.name for field in fields(Suggestion))
