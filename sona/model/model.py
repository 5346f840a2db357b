"""An open model: arrays over n titles, in the order of their keys, so that a title's row is found by bisection."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from discovery.artefacts.folder import MANIFEST_FILE, artefact_id, checksums
from sona.errors import ModelInvalid
from sona.model.manifest import ModelManifest
from sona.model.names import Names
from sona.model.titles import bisected, keys_of


@dataclass(frozen=True)
class Arrays:
    """What a model holds, a file each; n titles, of which a have been met by anybody, k neighbours each."""

    keys: NDArray[np.uint64]
    """`[n]`: title keys, ascending."""
    place: NDArray[np.int32]
    """`[n]`: row in `neighbours` and `weights`; −1 for titles that nobody met."""
    neighbours: NDArray[np.int32]
    """`[a, k]`: the rows whose liking tells most about a title's; n where there are fewer."""
    weights: NDArray[np.float16]
    """`[a, k]`: how much."""
    popularity: NDArray[np.float16]
    """`[y, n]`, in [0, 1]: what was liked around the middle of each of y years."""
    years: NDArray[np.int16]
    """`[n]`: of release; 0 where unknown."""
    vectors: NDArray[np.int8]
    """`[n, d]`: embeddings of the texts, about their mean, 127 for 1."""
    genre_vectors: NDArray[np.int8]
    """`[g, d]`: the mean of each genre's titles."""
    ids: NDArray[np.uint8]
    id_ends: NDArray[np.int64]
    titles: NDArray[np.uint8]
    title_ends: NDArray[np.int64]
    genres: NDArray[np.uint8]
    genre_ends: NDArray[np.int64]


@dataclass(frozen=True)
class Model:
    """An open model."""

    id: str
    """The first 16 digits of its manifest's SHA-256, and so of what it holds."""
    manifest: ModelManifest
    arrays: Arrays

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Open a model, memory-mapped, after comparing every file with its checksum.

        Raises:
            ModelInvalid: no model, of another format, or damaged.
        """
        manifest = ModelManifest.read(folder)
        manifest.verify(folder)
        try:
            arrays = {f.name: np.asarray(np.load(_file(folder, f.name), mmap_mode="r")) for f in fields(Arrays)}
        except (OSError, ValueError) as error:
            raise ModelInvalid(f"{folder} can't be opened: {error}") from error
        return cls(artefact_id(folder), manifest, Arrays(**arrays))

    @property
    def size(self) -> int:
        """Number of titles."""
        return len(self.arrays.keys)

    @cached_property
    def ids(self) -> Names:
        """Content ids by row."""
        return Names(self.arrays.ids, self.arrays.id_ends)

    @cached_property
    def titles(self) -> Names:
        """Titles by row."""
        return Names(self.arrays.titles, self.arrays.title_ends)

    @cached_property
    def genre_rows(self) -> Mapping[str, int]:
        """Rows of `genre_vectors` by name, in lower case."""
        names = Names(self.arrays.genres, self.arrays.genre_ends)
        return {names[row].casefold(): row for row in range(len(self.arrays.genre_vectors))}

    @property
    def newest_year(self) -> int:
        """The last one of which it is known what was popular."""
        return self.manifest.first_year + len(self.arrays.popularity) - 1

    def popularity_in(self, year: int) -> NDArray[np.float16]:
        """`[n]`, in [0, 1]: what was liked in a year, or in the nearest that the model knows."""
        place = min(max(year - self.manifest.first_year, 0), len(self.arrays.popularity) - 1)
        of_year: NDArray[np.float16] = self.arrays.popularity[place]
        return of_year

    def rows(self, content_ids: Sequence[str]) -> NDArray[np.intp]:
        """The rows of titles by id; −1 for those that the model does not have."""
        return self.rows_of_keys(keys_of(content_ids))

    def rows_of_keys(self, keys: NDArray[np.uint64]) -> NDArray[np.intp]:
        """The same, by title key."""
        return bisected(self.arrays.keys, keys)


def write_model(folder: Path, arrays: Arrays, described: Mapping[str, Any]) -> Model:
    """Write a model into an empty folder and open it; `described` is its manifest but for the checksums."""
    folder.mkdir(parents=True, exist_ok=True)
    for field in fields(Arrays):
        np.save(_file(folder, field.name), getattr(arrays, field.name))
    manifest = ModelManifest(**described, checksums=checksums(folder))
    (folder / MANIFEST_FILE).write_text(manifest.model_dump_json(indent=2) + "\n", encoding="utf-8")
    return Model.open(folder)


def _file(folder: Path, name: str) -> Path:
    return folder / f"{name}.npy"
