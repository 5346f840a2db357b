"""The Tantivy index of a bundle's words: its schema and its analyzer."""

import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import ClassVar, Self

import numpy as np
import tantivy
from numpy.typing import NDArray

from discovery.catalogue.content import Content
from discovery.catalogue.nations import adjectives
from discovery.catalogue.tantivy_index import TantivyIndex
from discovery.catalogue.title_key import surface, title_key

ANALYZER = "stemmed"
TITLE, CAST, DIRECTORS, GENRES, KEYWORDS, ORIGINS, OVERVIEW = (
    "title",
    "cast",
    "directors",
    "genres",
    "keywords",
    "origins",
    "overview",
)
TEXT_FIELDS = (TITLE, CAST, DIRECTORS, GENRES, KEYWORDS, ORIGINS, OVERVIEW)
ANYWHERE = "anywhere"
"""The words of all text fields: whether a title has a word is then one list to go through, not seven."""
ROW = "row"
TITLE_KEY, TITLE_SURFACE, TITLE_LENGTH = "title_key", "title_surface", "title_length"
PERSON_KEY, KEYWORD_KEY = "person_key", "keyword_key"
"""Keys and surfaces are whole: a title's, one of its aliases', a name's, or a keyword's."""
MOST_HITS = 5000
"""What one search gives at most; so many take three milliseconds to come out of Tantivy."""


def schema() -> tantivy.Schema:
    """Text fields are analyzed; keys and surfaces are whole. What filters read is in the columns."""
    builder = tantivy.SchemaBuilder()
    for field in TEXT_FIELDS:
        builder.add_text_field(field, tokenizer_name=ANALYZER)
    builder.add_text_field(ANYWHERE, tokenizer_name=ANALYZER, index_option="basic")
    for field in (TITLE_KEY, TITLE_SURFACE, PERSON_KEY, KEYWORD_KEY):
        builder.add_text_field(field, tokenizer_name="raw", index_option="basic")
    builder.add_unsigned_field(TITLE_LENGTH, fast=True)
    builder.add_unsigned_field(ROW, fast=True)
    return builder.build()


def analyzer() -> tantivy.TextAnalyzer:
    """Words, case and accents folded, English stems: "Amélie's CAFÉS" → ameli, s, cafe."""
    return (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        .filter(tantivy.Filter.remove_long(64))
        .filter(tantivy.Filter.lowercase())
        .filter(tantivy.Filter.ascii_fold())
        .filter(tantivy.Filter.stemmer("english"))
        .build()
    )


def write(folder: Path, contents: Iterable[Content]) -> None:
    """Index contents, row by row in order."""
    KeywordIndex.write_documents(folder, schema(), itertools.starmap(_document, enumerate(contents)))


def _document(row: int, content: Content) -> tantivy.Document:
    document = tantivy.Document()
    document.add_unsigned(ROW, row)
    document.add_unsigned(TITLE_LENGTH, len(title_key(content.title)))
    for title in (content.title, *content.aliases):
        document.add_text(TITLE_KEY, title_key(title))
        document.add_text(TITLE_SURFACE, surface(title))
    for field, texts in (
        (TITLE, (content.title,)),
        (OVERVIEW, (content.overview,)),
        (CAST, content.cast),
        (DIRECTORS, content.directors),
        (GENRES, content.genres),
        (KEYWORDS, content.keywords),
        (ORIGINS, origins(content)),
    ):
        for text in texts:
            document.add_text(field, text)
            document.add_text(ANYWHERE, text)
    for name in dict.fromkeys(map(title_key, content.cast + content.directors)):
        document.add_text(PERSON_KEY, name)
    for name in dict.fromkeys(map(title_key, content.keywords)):
        document.add_text(KEYWORD_KEY, name)
    return document


def origins(content: Content) -> Sequence[str]:
    """Countries, what comes from there, and languages: "South Korea", "korean"; each once."""
    names = [name for country in content.countries for name in (country, *adjectives(country))]
    return list({name.casefold(): name for name in (*names, *content.languages)}.values())


class KeywordIndex(TantivyIndex):
    """An open index of words, names and constraints."""

    analyzers: ClassVar = {ANALYZER: analyzer}

    def with_changes(self, gone: Mapping[int, Content], added: Mapping[int, Content]) -> Self:
        """This index without some rows, and with others; each with its content."""
        titles = {row: self._titled(content) for row, content in gone.items()}
        without = [self.one(title, ROW, row) for row, title in titles.items()]
        return self.changed(without, itertools.starmap(_document, added.items()))

    def _titled(self, content: Content) -> tantivy.Query:
        return tantivy.Query.term_query(self.index.schema, TITLE_KEY, title_key(content.title))

    @cached_property
    def analyze(self) -> Callable[[str], list[str]]:
        """Text to terms, as the text fields are indexed."""
        return analyzer().analyze

    def frequency(self, term: str) -> int:
        """In how many documents a term is, in the text field that has it most often."""
        return max(self.frequencies(term).values(), default=0)

    def frequencies(self, term: str) -> dict[str, int]:
        """In how many documents a term is, in each text field that has it."""
        if not self.has(term):
            return {}
        found = {field: self.searcher.doc_freq(field, term) for field in TEXT_FIELDS}
        return {field: frequency for field, frequency in found.items() if frequency}

    def has(self, term: str) -> bool:
        """Whether any document has a term."""
        return self.holds(ANYWHERE, term)

    def rows(self, query: tantivy.Query) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
        """The rows that a query finds, and their scores, best first; of too many, the best."""
        hits = self._hits(query, MOST_HITS)
        return self._values(ROW, hits), np.fromiter((score for score, _ in hits), np.float64, len(hits))

    def all_rows(self, query: tantivy.Query) -> NDArray[np.intp]:
        """All rows that a query finds, in no order; thousands of them take milliseconds."""
        return self._values(ROW, self._hits(query, max(1, self.searcher.num_docs)))

    def rows_and(self, field: str, query: tantivy.Query) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """The same, with their values of a field of whole numbers instead of scores."""
        hits = self._hits(query, MOST_HITS)
        return self._values(ROW, hits), self._values(field, hits)

    def _hits(self, query: tantivy.Query, most: int) -> Sequence[tuple[float, tantivy.DocAddress]]:
        return self.searcher.search(query, limit=most, count=False).hits

    def _values(self, field: str, hits: Sequence[tuple[float, tantivy.DocAddress]]) -> NDArray[np.intp]:
        if not hits:  # most searches for titles find none, and to open a column takes as long as to search
            return np.empty(0, dtype=np.intp)
        return np.array(self.searcher.fast_field_values(field, [address for _, address in hits]), dtype=np.intp)
