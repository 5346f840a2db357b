"""Which rows have which names, for attributes with few names: for each name a bit of every row.

An eighth of the bytes of an array of booleans, and what is asked is mostly asked of whole columns: the rows of a genre
are one bit after the other, and to count them is to count bits.
"""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from discovery.catalogue.membership import Coded

_BYTE, _WORD = 8, 64
_FEW = 64
"""One of so many rows: fewer are looked up one by one, and of more all bits are counted."""

Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Flags:
    """The bits of n rows and v names."""

    bits: NDArray[np.uint8]
    """`[v, ⌈n / 64⌉ · 8]`: whole words; those of the last that stand for no row are 0."""
    count: int
    """n."""

    @classmethod
    def of(cls, coded: Coded, names: int, count: int) -> Self:
        """Of the codes that rows have, each below `names`."""
        members: Mask = np.zeros((names, _whole_words(count)), dtype=np.bool_)
        members[coded.codes, coded.rows] = True
        return cls(np.packbits(members, axis=1, bitorder="little"), count)

    def save(self, file: Path) -> None:
        """Write the bits."""
        np.save(file, self.bits)

    @classmethod
    def open(cls, file: Path, count: int) -> Self:
        """Memory-map the bits of so many rows."""
        return cls(np.asarray(np.load(file, mmap_mode="r")), count)

    def followed_by(self, others: Self) -> Self:
        """These rows and others behind them, which may have names that these lack, of further codes."""
        joined = np.zeros((len(others.bits), _whole_words(self.count + others.count) // _BYTE), dtype=np.uint8)
        joined[: len(self.bits), : self.bits.shape[1]] = self.bits
        for row in range(others.count):
            place = self.count + row
            joined[others.codes(row), place // _BYTE] |= np.uint8(1 << place % _BYTE)
        return type(self)(joined, self.count + others.count)

    def having(self, codes: Collection[int]) -> Mask:
        """Which rows have any of the names, `[n]`."""
        return self._unpacked(np.bitwise_or.reduce(self.bits[sorted(codes)], axis=0))

    def shared(self, codes: Collection[int]) -> NDArray[np.int16]:
        """How many of the names each row has, `[n]`."""
        shared = np.zeros(self.count, dtype=np.int16)
        for code in codes:
            shared += self._unpacked(self.bits[code])
        return shared

    def sizes(self) -> NDArray[np.int16]:
        """How many names each row has, `[n]`."""
        return self.shared(range(len(self.bits)))

    def codes(self, row: int) -> list[int]:
        """The names that a row has."""
        return np.flatnonzero(self._of(np.array([row]))).tolist()

    def share(self, codes: Collection[int], rows: NDArray[np.intp]) -> NDArray[np.float64]:
        """The share of the names that each of some rows has, `[len(rows)]`."""
        return self._of(rows, sorted(codes)).mean(axis=0)

    def counts(self, rows: NDArray[np.intp]) -> NDArray[np.intp]:
        """How many of the rows, each once, have each name, `[v]`."""
        if len(rows) < self.count // _FEW:
            return self._of(rows).sum(axis=1, dtype=np.intp)
        marked: Mask = np.zeros(_whole_words(self.count), dtype=np.bool_)
        marked[rows] = True
        wanted = np.packbits(marked, bitorder="little").view(np.uint64)
        words = self.bits.view(np.uint64)
        return np.array([np.bitwise_count(bits & wanted).sum() for bits in words], dtype=np.intp)

    def _of(self, rows: NDArray[np.intp], codes: list[int] | None = None) -> NDArray[np.uint8]:
        """The bits of some rows, 0 or 1, `[v, len(rows)]`."""
        bits = self.bits if codes is None else self.bits[codes]
        bytes_of_rows = bits.take(rows // _BYTE, axis=1, mode="clip")  # none is outside, which need not be looked at
        return bytes_of_rows >> (rows % _BYTE).astype(np.uint8) & np.uint8(1)

    def _unpacked(self, bits: NDArray[np.uint8]) -> Mask:
        return np.unpackbits(bits, count=self.count, bitorder="little").view(np.bool_)


def _whole_words(count: int) -> int:
    return -(-count // _WORD) * _WORD
