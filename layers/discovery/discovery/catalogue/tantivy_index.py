"""A Tantivy index in a folder of a bundle: written once, and read where the disk can't be written to."""

import shutil
import tempfile
import weakref
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Self

import tantivy

Analyzers = Mapping[str, Callable[[], tantivy.TextAnalyzer]]
"""By the names that the schema has for them."""


@dataclass(frozen=True)
class TantivyIndex:
    """An open index."""

    index: tantivy.Index
    searcher: tantivy.Searcher

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
        view = Path(tempfile.mkdtemp(prefix="discovery-index-"))
        for file in folder.iterdir():
            (view / file.name).symlink_to(file.absolute())
        index = cls._registered(tantivy.Index.open(str(view)))
        index.config_reader(reload_policy="manual")  # a bundle never changes: no thread that watches it
        index.reload()
        opened = cls(index, index.searcher())
        weakref.finalize(opened, shutil.rmtree, view, ignore_errors=True)
        return opened

    @classmethod
    def _registered(cls, index: tantivy.Index) -> tantivy.Index:
        for name, made in cls.analyzers.items():
            index.register_tokenizer(name, made())
        return index
