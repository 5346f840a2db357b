"""Building an index bundle from contents, completely or not at all.

Contents are read once, onto the disk (the *spool*), and each part of the bundle is made from there, so that a million
take no more memory than the part does. The indexes of very many are made in a process beside the rest.
"""

import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from itertools import batched
from pathlib import Path

import numpy as np

from discovery.artefacts.folder import MANIFEST_FILE, changes_id, checksums, sizes
from discovery.catalogue.build.embedding import Embedder
from discovery.catalogue.build.indexing import INDEXES, indexed_before, indexed_beside, spooled
from discovery.catalogue.build.workshop import Workshop, appearing_whole
from discovery.catalogue.bundle import COLUMNS_FOLDER, LEXICON_FOLDER, MODEL_FOLDER
from discovery.catalogue.changes import Changes
from discovery.catalogue.columns import Attributes, Columns, vocabulary
from discovery.catalogue.content import Content
from discovery.catalogue.documents import Documents
from discovery.catalogue.embeddings import EmbeddingModel, Vector, embedded_text
from discovery.catalogue.exact_vectors import ExactVectors
from discovery.catalogue.lexicon import Lexicon, words_for_spelling
from discovery.catalogue.manifest import Manifest
from discovery.catalogue.staged_vectors import StagedVectors
from discovery.errors import CatalogueError

_EMBED_BATCH = 1024
MOST_EXACT = 100_000
"""Documents whose vectors are kept whole; of more, vectors are kept in stages and documents packed (docs/adr/0042)."""
_NOTED = 20
"""Batches after which it is noted how far embedding is."""
_READ, _EMBEDDED, _VECTORS, _DOCUMENTS = "read", "embedded", "vectors", "documents"
"""Steps, as they are noted when they are finished."""

Progress = Callable[[str, int], None]
"""Told of a step, and how many more documents are done there."""


def build_bundle(
    contents: Iterable[Content],
    model: EmbeddingModel,
    out: Path,
    *,
    changes: Changes | None = None,
    source: str = "",
    progress: Progress = lambda _step, _done: None,
    most_exact: int = MOST_EXACT,
) -> Manifest:
    """Write the bundle of these contents to `out`, replacing a bundle that is there.

    Everything is written beside `out` and then moved there, so that a reader sees either the old bundle or the new one.

    `changes`: what is to be merged, of single titles, so that it need not lie over the bundle.
    `source`: names what the contents are, such as a checksum; a build of the same name and changes that was
    interrupted is gone on with, and the contents are not read again if they were.
    `most_exact`: the most documents whose vectors are kept whole, and that are not packed. The indexes of more are made
    in a process of their own.

    Raises:
        CatalogueError: there are no contents, or `out` holds something that is not a bundle, or is being built already.
    """
    merged = changes or Changes()
    with appearing_whole(out, _named(source, merged)) as workshop:
        build = _Build(workshop, model, progress)
        build.read(merged.merged(contents))
        build.parts(most_exact)
        return build.manifest(merged)


def _named(source: str, changes: Changes) -> str:
    """What names a source with changes; empty where the source has no name."""
    text = changes.text()
    return f"{source} {changes_id(text)}" if source and text is not None else source


class _Build:
    def __init__(self, workshop: Workshop, model: EmbeddingModel, progress: Progress) -> None:
        self._workshop = workshop
        self._model = model
        self._progress = progress

    def read(self, contents: Iterable[Content]) -> None:
        """Bring all contents onto the disk, and what is little of each into columns and words for spelling."""
        if self._workshop.facts(_READ) is not None:
            return
        attributes, words = Attributes(), Counter[str]()

        def noted() -> Iterator[Content]:
            for content in contents:
                attributes.add(content)
                words.update(words_for_spelling(content))
                yield content

        bundle, spool = self._workshop.bundle, self._workshop.spool
        spool.mkdir()
        Documents.write(noted(), spool)
        if not attributes.title_keys:
            raise CatalogueError("the source has no usable lines")
        genres, platforms = (vocabulary([given.names]) for given in (attributes.genres, attributes.platforms))
        (bundle / COLUMNS_FOLDER).mkdir()
        Columns.of_gathered(attributes, genres, platforms).save(bundle / COLUMNS_FOLDER)
        Lexicon.write(bundle / LEXICON_FOLDER, words)
        self._workshop.finish(_READ, {"count": len(attributes.title_keys), "genres": genres, "platforms": platforms})

    def parts(self, most_exact: int) -> None:
        """Make each part that is not finished."""
        many = self._count > most_exact
        with (indexed_beside if many else indexed_before)(self._workshop):
            self._workshop.once(_VECTORS, lambda: self._vectors(StagedVectors if many else ExactVectors))
            self._workshop.once(_DOCUMENTS, self._pack if many else self._keep)
        for name in INDEXES:
            self._progress(name, self._count)

    def manifest(self, merged: Changes) -> Manifest:
        """Write the model and the manifest."""
        bundle, read = self._workshop.bundle, self._workshop.facts(_READ)
        shutil.rmtree(bundle / MODEL_FOLDER, ignore_errors=True)  # half of one, of an interrupted build
        (bundle / MODEL_FOLDER).mkdir()
        self._model.save(bundle / MODEL_FOLDER)
        manifest = Manifest(
            count=self._count,
            model=self._model.name,
            dimensions=self._model.dimensions,
            genres=tuple(read["genres"]),
            platforms=tuple(read["platforms"]),
            built_at=datetime.now(UTC),
            merged=merged.digests(),
            checksums=checksums(bundle),
            sizes=sizes(bundle),
        )
        (bundle / MANIFEST_FILE).write_text(manifest.model_dump_json(indent=2) + "\n")
        return manifest

    @property
    def _count(self) -> int:
        count: int = self._workshop.facts(_READ)["count"]
        return count

    def _vectors(self, kind: type[StagedVectors] | type[ExactVectors]) -> None:
        kind.of(self._embedded()).save(self._workshop.bundle)

    def _embedded(self) -> Vector:
        """The vectors of all contents, in a file that is mapped: a million need no memory."""
        file = self._workshop.folder / "embedded.f32"
        done: int = self._workshop.facts(_EMBEDDED) or 0
        row = self._model.dimensions * np.dtype(np.float32).itemsize
        embedder = Embedder(self._model)
        with file.open("r+b" if done else "wb") as written:
            written.truncate(done * row)  # of what was written after the last note, nobody knows if it is whole
            written.seek(done * row)
            for number, batch in enumerate(batched(spooled(self._workshop, done), _EMBED_BATCH, strict=False)):
                written.write(embedder.embed(map(embedded_text, batch)).tobytes())
                done += len(batch)
                self._progress("embedding", len(batch))
                if number % _NOTED == 0:
                    written.flush()
                    self._workshop.finish(_EMBEDDED, done)
        return np.asarray(np.memmap(file, np.float32, mode="r", shape=(self._count, self._model.dimensions)))

    def _pack(self) -> None:
        Documents.open(self._workshop.spool).pack(self._workshop.bundle)

    def _keep(self) -> None:
        for file in self._workshop.spool.iterdir():
            file.rename(self._workshop.bundle / file.name)
