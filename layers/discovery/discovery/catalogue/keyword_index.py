"""The Tantivy index inside a bundle: its schema, its analyzer, and how it is opened on a read-only disk."""

import re
import shutil
import tempfile
import unicodedata
import weakref
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import tantivy

from discovery.catalogue.content import Content

ANALYZER = "stemmed"
TITLE, CAST, GENRES, OVERVIEW = "title", "cast", "genres", "overview"
TEXT_FIELDS = (TITLE, CAST, GENRES, OVERVIEW)
ROW, YEAR, RATING, CONTENT_LEVEL, GENRE_CODE, PLATFORM_CODE, TITLE_KEY = (
    "row",
    "year",
    "rating",
    "content_level",
    "genre_code",
    "platform_code",
    "title_key",
)


def schema() -> tantivy.Schema:
    """Text fields are analyzed; the rest carry the filters, with genres and platforms as vocabulary codes."""
    builder = tantivy.SchemaBuilder()
    for field in TEXT_FIELDS:
        builder.add_text_field(field, tokenizer_name=ANALYZER)
    builder.add_text_field(TITLE_KEY, tokenizer_name="raw")
    builder.add_unsigned_field(ROW, fast=True)
    builder.add_integer_field(YEAR, indexed=True, fast=True)
    builder.add_float_field(RATING, indexed=True, fast=True)
    builder.add_unsigned_field(CONTENT_LEVEL, indexed=True, fast=True)
    builder.add_unsigned_field(GENRE_CODE, indexed=True)
    builder.add_unsigned_field(PLATFORM_CODE, indexed=True)
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


def title_key(title: str) -> str:
    """The form in which two spellings of one title are equal: no case, accents, punctuation or leading article."""
    folded = unicodedata.normalize("NFKD", re.sub("['’]", "", title.casefold()))
    words = re.findall(r"[^\W_]+", "".join(c for c in folded if not unicodedata.combining(c)))
    return " ".join(words[1:] if len(words) > 1 and words[0] in ("the", "a", "an") else words)


def write(folder: Path, contents: Sequence[Content], genres: Sequence[str], platforms: Sequence[str]) -> None:
    """Index contents, row by row in order, into one segment, so that equal inputs give equal rankings."""
    folder.mkdir()
    index = tantivy.Index(schema(), path=str(folder))
    index.register_tokenizer(ANALYZER, analyzer())
    writer = index.writer(heap_size=256_000_000, num_threads=1)
    genre_codes = {name.casefold(): code for code, name in enumerate(genres)}
    platform_codes = {name.casefold(): code for code, name in enumerate(platforms)}
    for row, content in enumerate(contents):
        writer.add_document(_document(row, content, genre_codes, platform_codes))
    writer.commit()
    writer.wait_merging_threads()
    for lock in folder.glob(".tantivy-*.lock"):
        lock.unlink()


def _document(row: int, content: Content, genres: dict[str, int], platforms: dict[str, int]) -> tantivy.Document:
    document = tantivy.Document()
    document.add_unsigned(ROW, row)
    document.add_text(TITLE, content.title)
    document.add_text(TITLE_KEY, title_key(content.title))
    document.add_text(OVERVIEW, content.overview)
    for name in content.cast:
        document.add_text(CAST, name)
    for name in content.genres:
        document.add_text(GENRES, name)
        document.add_unsigned(GENRE_CODE, genres[name.casefold()])
    for name in content.platforms:
        document.add_unsigned(PLATFORM_CODE, platforms[name.casefold()])
    if content.release_year is not None:
        document.add_integer(YEAR, content.release_year)
    if content.average_rating is not None:
        document.add_float(RATING, content.average_rating)
    document.add_unsigned(CONTENT_LEVEL, content.content_rating.level if content.content_rating else 0)
    return document


@dataclass(frozen=True)
class KeywordIndex:
    """An open index."""

    index: tantivy.Index
    searcher: tantivy.Searcher

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Open a folder that `write` has written, also where it can't be written to.

        Tantivy makes a lock file even to read, which fails on a Lambda layer's read-only `/opt`; so it is shown a
        temporary folder of links to the real files.
        """
        view = Path(tempfile.mkdtemp(prefix="discovery-keyword-"))
        for file in folder.iterdir():
            (view / file.name).symlink_to(file.absolute())
        index = tantivy.Index.open(str(view))
        index.register_tokenizer(ANALYZER, analyzer())
        index.config_reader(reload_policy="manual")  # a bundle never changes: no thread that watches it
        index.reload()
        opened = cls(index, index.searcher())
        weakref.finalize(opened, shutil.rmtree, view, ignore_errors=True)
        return opened
