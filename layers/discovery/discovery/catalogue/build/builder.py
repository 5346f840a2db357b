"""Building an index bundle from contents, completely or not at all."""

import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from discovery.artefacts.folder import MANIFEST_FILE, checksums, sizes
from discovery.catalogue import keyword_index
from discovery.catalogue.bundle import (
    COLUMNS_FOLDER,
    KEYWORD_FOLDER,
    LEXICON_FOLDER,
    MODEL_FOLDER,
    SUGGESTIONS_FOLDER,
)
from discovery.catalogue.columns import Columns, vocabulary
from discovery.catalogue.content import Content
from discovery.catalogue.documents import Documents
from discovery.catalogue.embeddings import EmbeddingModel, Vector, embedded_text
from discovery.catalogue.exact_vectors import ExactVectors
from discovery.catalogue.lexicon import Lexicon
from discovery.catalogue.manifest import Manifest
from discovery.catalogue.staged_vectors import StagedVectors
from discovery.catalogue.suggestion_index import SuggestionIndex
from discovery.errors import CatalogueError

_EMBED_BATCH = 1024
MOST_EXACT = 100_000
"""Documents whose vectors are kept whole; of more, vectors are kept in stages and documents packed (docs/adr/0042)."""

Progress = Callable[[int], None]
"""Told how many more documents are embedded."""


def build_bundle(
    contents: Sequence[Content],
    model: EmbeddingModel,
    out: Path,
    *,
    progress: Progress = lambda _: None,
    most_exact: int = MOST_EXACT,
) -> Manifest:
    """Write the bundle of these contents to `out`, replacing a bundle that is there.

    `most_exact`: the most documents whose vectors are kept whole, and that are not packed.

    Everything is written beside `out` and then moved there, so that a reader sees either the old bundle or the new one.

    Raises:
        CatalogueError: there are no contents, or `out` holds something that is not a bundle.
    """
    if not contents:
        raise CatalogueError("the source has no usable lines")
    with _appearing_whole(out) as folder:
        genres = vocabulary(content.genres for content in contents)
        platforms = vocabulary(content.platforms for content in contents)
        many = len(contents) > most_exact
        kind = StagedVectors if many else ExactVectors
        with _embedded(folder, contents, model, progress) as vectors:
            kind.of(vectors).save(folder)
        keyword_index.write(folder / KEYWORD_FOLDER, contents)
        Lexicon.write(folder / LEXICON_FOLDER, contents)
        SuggestionIndex.write(folder / SUGGESTIONS_FOLDER, contents)
        Documents.write(contents, folder, packed=many)
        (folder / COLUMNS_FOLDER).mkdir()
        Columns.of(contents, genres, platforms).save(folder / COLUMNS_FOLDER)
        (folder / MODEL_FOLDER).mkdir()
        model.save(folder / MODEL_FOLDER)
        manifest = Manifest(
            count=len(contents),
            model=model.name,
            dimensions=model.dimensions,
            genres=tuple(genres),
            platforms=tuple(platforms),
            built_at=datetime.now(UTC),
            checksums=checksums(folder),
            sizes=sizes(folder),
        )
        (folder / MANIFEST_FILE).write_text(manifest.model_dump_json(indent=2) + "\n")
    return manifest


@contextmanager
def _embedded(folder: Path, contents: Sequence[Content], model: EmbeddingModel, progress: Progress) -> Iterator[Vector]:
    """The vectors of all contents, in a file that is mapped and removed afterwards: a million need no memory."""
    with tempfile.TemporaryDirectory(prefix="vectors-", dir=folder) as scratch:
        shape = (len(contents), model.dimensions)
        vectors = np.lib.format.open_memmap(Path(scratch) / "all.npy", mode="w+", dtype=np.float32, shape=shape)
        for start in range(0, len(contents), _EMBED_BATCH):
            batch = contents[start : start + _EMBED_BATCH]
            vectors[start : start + len(batch)] = model.embed([embedded_text(content) for content in batch])
            progress(len(batch))
        yield np.asarray(vectors)


@contextmanager
def _appearing_whole(out: Path) -> Iterator[Path]:
    """Give a scratch folder beside `out`: moved to `out` when the block succeeds, removed when it fails."""
    out = out.resolve()  # a link to a bundle stays; the folder it points to is replaced
    if out.exists() and (not out.is_dir() or (any(out.iterdir()) and not (out / MANIFEST_FILE).exists())):
        raise CatalogueError(f"not overwriting {out}: it is not an index bundle")
    out.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    try:
        yield scratch
        scratch.chmod(0o755)  # mkdtemp's 0700 would hide a layer's files from the function's user
        replaced = scratch.with_name(scratch.name + "-replaced")
        if out.exists():
            out.rename(replaced)
        try:
            scratch.rename(out)
        except OSError:
            if replaced.exists():
                replaced.rename(out)
            raise
        shutil.rmtree(replaced, ignore_errors=True)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
