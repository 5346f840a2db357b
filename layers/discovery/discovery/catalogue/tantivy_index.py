"""A Tantivy index in a folder of a bundle: written once, and read where the disk can't be written to."""

import shutil
import tempfile
import weakref
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Self

import tantivy

_HEAP_OF_CHANGES = 15_000_000
"""Bytes; the least that Tantivy takes."""
_SEVERAL = 2

Analyzers = Mapping[str, Callable[[], tantivy.TextAnalyzer]]
"""By the names that the schema has for them."""


@dataclass(frozen=True)
class TantivyIndex:
    """An open index."""

    index: tantivy.Index
    searcher: tantivy.Searcher
    folder: Path
    """Where its files are, or links to them; it goes with the index."""
    thinned: bool = False
    """Whether documents were left out of it, which frequencies of terms still count."""

    analyzers: ClassVar[Analyzers] = {}

    @classmethod
    def write_documents(cls, folder: Path, schema: tantivy.Schema, documents: Iterable[tantivy.Document]) -> None:
        """Index documents in their order, by one thread, so that equal inputs give equal rankings.

        They are one segment, or of very many (some 300 000 contents) a few, one after the other.
        """
        folder.mkdir()
        index = cls._registered(tantivy.Index(schema, path=str(folder)))
        writer = index.writer(heap_size=256_000_000, num_threads=1)
        for document in documents:
            writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()
        for lock in folder.glob(".tantivy-*.lock"):
            lock.unlink()

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Open a folder that was written.

        Tantivy makes a lock file even to read, which fails on a Lambda layer's read-only `/opt`; so it is shown a
        temporary folder of links to the real files.
        """
        return cls._opened(_view(folder))

    def changed(self, without: Sequence[tantivy.Query], documents: Iterable[tantivy.Document]) -> Self:
        """This index, which stays as it is, without what queries find, and with further documents behind the others.

        Only what changes is written, into a temporary folder.
        """
        view = _view(self.folder)
        try:
            writer = self._registered(tantivy.Index.open(str(view))).writer(_HEAP_OF_CHANGES, num_threads=1)
            try:
                for query in without:
                    writer.delete_documents_by_query(query)
                for document in documents:
                    writer.add_document(document)
                writer.commit()
            finally:
                writer.wait_merging_threads()  # which ends it, and with it what may write there
            return self._opened(view, thinned=self.thinned or bool(without))
        except BaseException:
            shutil.rmtree(view, ignore_errors=True)  # who polls tries again
            raise

    def holds(self, field: str, term: str) -> bool:
        """Whether a document has a term in a field that has no positions, or needs none here."""
        frequency = self.searcher.doc_freq(field, term)
        if not self.thinned or not frequency:
            return frequency > 0
        having = tantivy.Query.term_query(self.index.schema, field, term, "basic")
        return bool(self.searcher.search(having, limit=1, count=False).hits)

    def one(self, query: tantivy.Query, field: str, value: int) -> tantivy.Query:
        """What finds, of all that a query finds, only the document with a value in a field of whole numbers.

        Such a field is gone through value by value, so that is left out where the query finds no other.
        """
        if len(self.searcher.search(query, limit=_SEVERAL, count=False).hits) < _SEVERAL:
            return query
        valued = tantivy.Query.range_query(self.index.schema, field, tantivy.FieldType.Unsigned, value, value)
        return tantivy.Query.boolean_query([(tantivy.Occur.Must, query), (tantivy.Occur.Must, valued)])

    @classmethod
    def _opened(cls, view: Path, *, thinned: bool = False) -> Self:
        index = cls._registered(tantivy.Index.open(str(view)))
        index.config_reader(reload_policy="manual")  # nothing changes it: no thread that watches it
        index.reload()
        opened = cls(index, index.searcher(), view, thinned)
        weakref.finalize(opened, shutil.rmtree, view, ignore_errors=True)
        return opened

    @classmethod
    def _registered(cls, index: tantivy.Index) -> tantivy.Index:
        for name, made in cls.analyzers.items():
            index.register_tokenizer(name, made())
        return index


def _view(folder: Path) -> Path:
    """A temporary folder of links to the files of another."""
    view = Path(tempfile.mkdtemp(prefix="discovery-index-"))
    for file in folder.iterdir():
        if file.suffix != ".lock":
            (view / file.name).symlink_to(file.resolve())
    return view
