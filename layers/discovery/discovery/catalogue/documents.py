"""The documents themselves: JSON Lines plus the byte offset of each, so that a page of them costs a page of reading.

Very many are packed, each by itself: deflated (RFC 1951) with a dictionary of a few documents, to little more than a
third. To unpack one takes 7 µs.
"""

import mmap
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from discovery.catalogue.content import Content

DOCUMENTS_FILE = "documents.jsonl"
PACKED_FILE, DICTIONARY_FILE = "documents.deflated", "documents.dictionary"
OFFSETS_FILE = "offsets.npy"
IDS_FILE = "ids.npy"
_RAW = -zlib.MAX_WBITS
"""Deflated, without zlib's header and checksum: the manifest has the file's."""
_DICTIONARY_BYTES = 2**15
"""As far back as deflate looks."""


@dataclass(frozen=True)
class Documents:
    """Contents by row."""

    _bytes: mmap.mmap
    _offsets: NDArray[np.int64]
    """`[n + 1]`: document `row` is the bytes from `offsets[row]` to `offsets[row + 1]`."""
    _ids: NDArray[np.bytes_]
    """`[n]`, UTF-8; apart from the documents, since SONA is asked for ids of many more than are shown."""
    _dictionary: bytes = b""
    """Of packed documents."""

    @staticmethod
    def write(contents: Sequence[Content], folder: Path, *, packed: bool = False) -> None:
        """Write documents, offsets and ids, one after the other."""
        pack: Callable[[bytes], bytes] = bytes
        if packed:
            dictionary = _dictionary(contents)
            (folder / DICTIONARY_FILE).write_bytes(dictionary)
            pack = _packing(dictionary)
        offsets = np.zeros(len(contents) + 1, dtype=np.int64)
        with (folder / (PACKED_FILE if packed else DOCUMENTS_FILE)).open("wb") as file:
            for row, content in enumerate(contents):
                offsets[row + 1] = offsets[row] + file.write(pack(_line(content)))
        np.save(folder / OFFSETS_FILE, offsets)
        np.save(folder / IDS_FILE, np.array([content.id.encode() for content in contents], dtype=np.bytes_))

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Memory-map a folder that `write` has written."""
        packed = (folder / PACKED_FILE).exists()
        with (folder / (PACKED_FILE if packed else DOCUMENTS_FILE)).open("rb") as file:
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        # As plain arrays, which are still mapped: indexing a `memmap` takes three times as long.
        offsets, ids = (np.asarray(np.load(folder / name, mmap_mode="r")) for name in (OFFSETS_FILE, IDS_FILE))
        return cls(mapped, offsets, ids, (folder / DICTIONARY_FILE).read_bytes() if packed else b"")

    def __len__(self) -> int:
        return len(self._ids)

    def content(self, row: int) -> Content:
        """Parse one document."""
        kept = self._bytes[self._offsets[row] : self._offsets[row + 1]]
        line = zlib.decompressobj(_RAW, self._dictionary).decompress(kept) if self._dictionary else kept
        return Content.model_validate_json(line)

    def ids(self, rows: Iterable[int]) -> list[str]:
        """The content ids of rows, in the order given."""
        return [identifier.decode() for identifier in self._ids[list(rows)].tolist()]


def _line(content: Content) -> bytes:
    return content.model_dump_json(exclude_defaults=True).encode() + b"\n"


def _dictionary(contents: Sequence[Content]) -> bytes:
    """As many documents, spread over all, as deflate can look back to."""
    wanted = range(0, len(contents), max(1, len(contents) // 200))
    return b"".join(_line(contents[row]) for row in wanted)[-_DICTIONARY_BYTES:]


def _packing(dictionary: bytes) -> Callable[[bytes], bytes]:
    ready = zlib.compressobj(method=zlib.DEFLATED, wbits=_RAW, zdict=dictionary)

    def packed(line: bytes) -> bytes:
        packing = ready.copy()  # to read the dictionary takes longer than to pack a line
        return packing.compress(line) + packing.flush()

    return packed
