"""Few bits of each axis of very many vectors, a bit of all documents after the other, and sums of them for a query.

    about q · v  =  Σ_i  w_i · level_i(v)           levels are whole numbers, of 3 bits along the widest axes, 2, then 1

The query's weights w are whole numbers as well, so the sums of all documents are made by adders of single bits: an
instruction adds a bit of 64 documents or more (the bit-sliced arithmetic of O'Neil and Quass, "Improved Query
Performance with Variant Indexes", 1997). Axes that say nothing for a query get the weight 0 and are not read at all;
those that say most differ from query to query.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.uint64]
"""A bit of every document, 64 a word; those of the last word that stand for no document are 0."""

PLANES_FILE = "vectors-planes.npy"
_WORD = 64
_BITS = np.repeat((3, 2, 1), (32, 96, 128))
"""Of the levels of each axis, the widest axis first; further ones have one, too."""
_STEPS = np.array((0.0, 1.596, 0.996, 0.586))
"""Standard deviations between levels, by bits: the best for a normal distribution (Max, "Quantizing for Minimum
Distortion", 1960)."""
_ADDITIONS = 160
"""Planes that are added for one query, at most: some 50 µs each of a million documents."""
_FINENESS = np.arange(0.75, 20.0, 0.25)
"""What the greatest weight may become: the finer the weights, the more there is to add."""


@dataclass(frozen=True, eq=False)
class BitPlanes:
    """The planes of n documents."""

    planes: Plane
    """`[p, ⌈n / 64⌉]`: the bits of the first axis, the least first, then those of the next."""
    count: int
    """n."""

    @classmethod
    def empty(cls, count: int, dimensions: int) -> Self:
        """Room for so many documents."""
        return cls(np.zeros((int(_bits(dimensions).sum()), -(-count // _WORD)), dtype=np.uint64), count)

    def fill(self, start: int, along: NDArray[np.float32]) -> None:
        """Set the bits of some documents from the place `start` on, a multiple of 64.

        `along`: how far they are from the mean, `[m, d]`, in standard deviations along each axis.
        """
        bits = _bits(along.shape[1])
        levels = np.floor(along / _STEPS[bits]) + (1 << bits) / 2
        levels = np.clip(levels, 0, (1 << bits) - 1).astype(np.uint8)
        axes, significances = _places(bits)
        packed = np.packbits((levels[:, axes] >> significances & 1).T, axis=1, bitorder="little")
        first = start // 8
        self.planes.view(np.uint8)[:, first : first + packed.shape[1]] = packed

    def save(self, folder: Path) -> None:
        """Write the file."""
        np.save(folder / PLANES_FILE, self.planes)

    @classmethod
    def open(cls, folder: Path, count: int) -> Self:
        """Memory-map the planes."""
        return cls(np.asarray(np.load(folder / PLANES_FILE, mmap_mode="r")), count)

    def greatest(self, weights: NDArray[np.float32], count: int) -> NDArray[np.intp]:
        """The rows of the `count` greatest sums and of all equal to the last, ascending; all if there are no more.

        `weights`: what a standard deviation along each axis adds, `[d]`.
        """
        if count >= self.count or not weights.any():
            return np.arange(min(count, self.count))
        found = _greatest(self._sums(weights), self._documents, count)
        bits = np.unpackbits(found.view(np.uint8), count=self.count, bitorder="little")
        return np.flatnonzero(bits.view(np.bool_))  # of bytes it takes four times as long

    @property
    def _documents(self) -> Plane:
        """Ones, but for the end of the last word."""
        ones = np.full(self.planes.shape[1], ~np.uint64(0))
        ones[-1] >>= np.uint64(-self.count % _WORD)
        return ones

    def _sums(self, weights: NDArray[np.float32]) -> Mapping[int, Plane]:
        """Of every document, but for what all have in common, by the powers of two that their planes stand for."""
        bits = _bits(len(weights))
        whole = _whole(weights * _STEPS[bits], bits)
        signs: dict[bool, list[tuple[int, Plane]]] = {True: [], False: []}
        axes, significances = _places(bits)
        for plane, axis, significance in zip(self.planes, axes.tolist(), significances.tolist(), strict=True):
            for power, sign in _DIGITS[abs(whole[axis])]:
                signs[(sign > 0) == (whole[axis] > 0)].append((power + significance, plane))
        words = self.planes.shape[1]
        more, less = added(signs[True], words), added(signs[False], words)
        return added([*more.items(), *((power, ~plane) for power, plane in less.items())], words)


def added(terms: Iterable[tuple[int, Plane]], words: int) -> dict[int, Plane]:
    """The sum of planes of so many words, each times the power of two that is given with it, by power."""
    powers = _Powers(words)
    for power, plane in terms:
        powers.add(power, plane)
    return powers.sums()


class _Powers:
    """What is added up, by powers of two: a sum of each so far, and at most one plane that waits for another.

    The sum and two planes become a sum of this power and a plane of the next, by a full adder. Buffers are used over
    and over, since the system takes its time to give new ones.
    """

    def __init__(self, words: int) -> None:
        self._words = words
        self._either, self._also = np.empty((2, words), dtype=np.uint64)
        self._sums: dict[int, Plane] = {}
        self._waiting: dict[int, Plane] = {}
        self._carried: dict[int, tuple[Plane, Plane]] = {}

    def add(self, power: int, plane: Plane) -> None:
        """Add a plane; it must not change until all are added."""
        while (waiting := self._waiting.get(power)) is not None:
            total, carry = self._sum(power), self._room(power + 1)
            np.bitwise_xor(waiting, plane, self._either)
            np.bitwise_and(waiting, plane, carry)
            np.bitwise_and(total, self._either, self._also)
            np.bitwise_or(carry, self._also, carry)
            np.bitwise_xor(total, self._either, total)
            del self._waiting[power]
            power, plane = power + 1, carry
        self._waiting[power] = plane

    def sums(self) -> dict[int, Plane]:
        """The whole sum: what waits is added to nothing."""
        nothing = np.zeros(self._words, dtype=np.uint64)
        power = 0
        while self._waiting:
            if power in self._waiting and power in self._sums:
                self.add(power, nothing)
            elif power in self._waiting:
                self._sums[power] = self._waiting.pop(power)
            power += 1
        return self._sums

    def _sum(self, power: int) -> Plane:
        if power not in self._sums:
            self._sums[power] = np.zeros(self._words, dtype=np.uint64)
        return self._sums[power]

    def _room(self, power: int) -> Plane:
        """Where to write what is carried to a power: one of two buffers, the one that does not wait there."""
        if power not in self._carried:
            self._carried[power] = np.empty(self._words, dtype=np.uint64), np.empty(self._words, dtype=np.uint64)
        one, other = self._carried[power]
        return other if self._waiting.get(power) is one else one


def _greatest(sums: Mapping[int, Plane], among: Plane, count: int) -> Plane:
    """Which have at least the `count`-th greatest sum, from the most significant plane down (O'Neil and Quass)."""
    greater, equal = np.zeros_like(among), among
    for power in sorted(sums, reverse=True):
        reach = greater | (equal & sums[power])
        found = int(np.bitwise_count(reach).sum(dtype=np.int64))
        if found == count:
            return reach
        if found > count:
            equal = equal & sums[power]
        else:
            greater, equal = reach, equal & ~sums[power]
    return greater | equal


def _whole(weights: NDArray[np.float64], bits: NDArray[np.intp]) -> list[int]:
    """The weights as whole numbers, as fine as the additions allow."""
    units = weights / np.abs(weights).max()
    whole = np.rint(units * _FINENESS[:, np.newaxis]).astype(np.intp)
    affordable = np.flatnonzero(_DIGIT_COUNTS[np.abs(whole)] @ bits <= _ADDITIONS)
    chosen: list[int] = whole[affordable[-1] if len(affordable) else 0].tolist()
    return chosen


def _digits(number: int) -> list[tuple[int, int]]:
    """The digits 1 and −1 of a whole number, with their powers: the fewest (Reitwiesner, "Binary Arithmetic", 1960)."""
    digits, power = [], 0
    while number:
        if number % 2:
            digit = 2 - number % 4
            digits.append((power, digit))
            number -= digit
        number //= 2
        power += 1
    return digits


_DIGITS = [_digits(number) for number in range(int(_FINENESS[-1]) + 2)]
_DIGIT_COUNTS = np.array([len(digits) for digits in _DIGITS])


def _bits(dimensions: int) -> NDArray[np.intp]:
    """By axis."""
    return np.concatenate((_BITS, np.ones(max(0, dimensions - len(_BITS)), dtype=np.intp)))[:dimensions]


def _places(bits: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The axis of each plane, and which of its bits it is."""
    axes = np.repeat(np.arange(len(bits)), bits)
    return axes, np.concatenate([np.arange(n) for n in bits])
