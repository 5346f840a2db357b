"""The documents themselves: JSON Lines plus the byte offset of each, so that a page of them costs a page of reading."""

import mmap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from discovery.catalogue.content import Content

DOCUMENTS_FILE = "documents.jsonl"
OFFSETS_FILE = "offsets.npy"
IDS_FILE = "ids.npy"


@dataclass(frozen=True)
class Documents:
    """Contents by row."""

    _bytes: mmap.mmap
    _offsets: NDArray[np.int64]
    """`[n + 1]`: document `row` is the bytes from `offsets[row]` to `offsets[row + 1]`."""
    _ids: NDArray[np.bytes_]
    """`[n]`, UTF-8; apart from the documents, since SONA is asked for ids of many more than are shown."""

    @staticmethod
    def write(contents: Sequence[Content], folder: Path) -> None:
        """Write documents, offsets and ids."""
        lines = [content.model_dump_json(exclude_defaults=True).encode() + b"\n" for content in contents]
        (folder / DOCUMENTS_FILE).write_bytes(b"".join(lines))
        offsets = np.cumsum([0] + [len(line) for line in lines], dtype=np.int64)
        np.save(folder / OFFSETS_FILE, offsets)
        np.save(folder / IDS_FILE, np.array([content.id.encode() for content in contents], dtype=np.bytes_))

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Memory-map a folder that `write` has written."""
        with (folder / DOCUMENTS_FILE).open("rb") as file:
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        # As plain arrays, which are still mapped: indexing a `memmap` takes three times as long.
        offsets, ids = (np.asarray(np.load(folder / name, mmap_mode="r")) for name in (OFFSETS_FILE, IDS_FILE))
        return cls(mapped, offsets, ids)

    def __len__(self) -> int:
        return len(self._ids)

    def content(self, row: int) -> Content:
        """Parse one document."""
        return Content.model_validate_json(self._bytes[self._offsets[row] : self._offsets[row + 1]])

    def ids(self, rows: Iterable[int]) -> list[str]:
        """The content ids of rows, in the order given."""
        return [identifier.decode() for identifier in self._ids[list(rows)].tolist()]
