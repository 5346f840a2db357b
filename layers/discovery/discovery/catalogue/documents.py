"""The documents themselves: JSON Lines plus the byte offset of each, so that a page of them costs a page of reading.

Very many are packed (`packing`), to little more than a fourth.
"""

import mmap
from array import array
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from discovery.catalogue.content import Content
from discovery.catalogue.membership import Unsigned, smallest

DOCUMENTS_FILE = "documents.jsonl"
PACKED_FILE, DICTIONARY_FILE = "documents.zst", "documents.dictionary"
OFFSETS_FILE = "offsets.npy"
IDS_FILE = "ids.npy"
_IDS_AT_ONCE = 50_000


@dataclass(frozen=True)
class Documents:
    """Contents by row."""

    _bytes: mmap.mmap
    _offsets: Unsigned
    """`[n + 1]`: document `row` is the bytes from `offsets[row]` to `offsets[row + 1]`."""
    _ids: NDArray[np.bytes_]
    """`[n]`, UTF-8; apart from the documents, since SONA is asked for ids of many more than are shown."""
    _unpack: Callable[[bytes], bytes] | None = None
    """Of packed documents."""
    _added: tuple[Content, ...] = ()
    """Documents of the rows behind those, which are in no file."""

    @staticmethod
    def write(contents: Iterable[Content], folder: Path) -> None:
        """Write documents, offsets and ids, as they come."""
        ids: list[bytes] = []

        def lines() -> Iterator[bytes]:
            for content in contents:
                ids.append(content.id.encode())
                yield _line(content)

        _write(lines(), folder / DOCUMENTS_FILE)
        np.save(folder / IDS_FILE, np.array(ids, dtype=np.bytes_))

    def pack(self, folder: Path) -> None:
        """Write a packed copy of documents that are not packed."""
        from discovery.catalogue.packing import LEARNED_FROM, learned, packer  # noqa: PLC0415 - few need it

        dictionary = learned([self._kept(row) for row in range(0, len(self), max(1, len(self) // LEARNED_FROM))])
        (folder / DICTIONARY_FILE).write_bytes(dictionary)
        _write(map(packer(dictionary), map(self._kept, range(len(self)))), folder / PACKED_FILE)
        np.save(folder / IDS_FILE, self._ids)

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Memory-map a folder that `write` has written."""
        packed = (folder / PACKED_FILE).exists()
        with (folder / (PACKED_FILE if packed else DOCUMENTS_FILE)).open("rb") as file:
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        # As plain arrays, which are still mapped: indexing a `memmap` takes three times as long.
        offsets, ids = (np.asarray(np.load(folder / name, mmap_mode="r")) for name in (OFFSETS_FILE, IDS_FILE))
        return cls(mapped, offsets, ids, _unpacker(folder) if packed else None)

    def with_added(self, contents: Iterable[Content]) -> Self:
        """These, and others behind them."""
        return replace(self, _added=(*self._added, *contents))

    def __len__(self) -> int:
        return len(self._ids) + len(self._added)

    def content(self, row: int) -> Content:
        """Parse one document."""
        if row >= len(self._ids):
            return self._added[row - len(self._ids)]
        kept = self._kept(row)
        return Content.model_validate_json(kept if self._unpack is None else self._unpack(kept))

    def _kept(self, row: int) -> bytes:
        return self._bytes[int(self._offsets[row]) : int(self._offsets[row + 1])]

    def ids(self, rows: Iterable[int]) -> list[str]:
        """The content ids of rows, in the order given."""
        rows = list(rows)
        if not self._added:
            return [identifier.decode() for identifier in self._ids[rows].tolist()]
        filed = len(self._ids)
        return [self._ids[row].decode() if row < filed else self._added[row - filed].id for row in rows]

    def rows(self, ids: Collection[str]) -> dict[str, int]:
        """The rows of content ids, of those that there are; goes through all ids, which of a million takes 0.1 s."""
        found = places_of(ids, self._ids)
        return found | {one.id: row for row, one in enumerate(self._added, len(self._ids)) if one.id in ids}


def _write(documents: Iterable[bytes], file: Path) -> None:
    """Write documents one after the other, and their offsets beside them."""
    offsets = array("q", [0])
    with file.open("wb") as written:
        for document in documents:
            offsets.append(offsets[-1] + written.write(document))
    np.save(file.with_name(OFFSETS_FILE), smallest(np.array(offsets, dtype=np.intp)))


def places_of(ids: Collection[str], kept: NDArray[np.bytes_]) -> dict[str, int]:
    """The places of content ids in a bundle's column of them, of those that are there."""
    wanted, found = {identifier.encode(): identifier for identifier in ids}, {}
    for start in range(0, len(kept), _IDS_AT_ONCE):
        for place, identifier in enumerate(kept[start : start + _IDS_AT_ONCE].tolist(), start):
            if identifier in wanted:
                found[wanted[identifier]] = place
    return found


def _line(content: Content) -> bytes:
    return content.model_dump_json(exclude_defaults=True).encode() + b"\n"


def _unpacker(folder: Path) -> Callable[[bytes], bytes]:
    from discovery.catalogue.packing import unpacker  # noqa: PLC0415 - takes 10 ms, which few need

    return unpacker((folder / DICTIONARY_FILE).read_bytes())
