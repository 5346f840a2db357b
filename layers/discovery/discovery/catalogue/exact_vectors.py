"""Vectors kept whole, beside their codes, from which the nearest are found exactly.

A first pass over one byte a dimension leaves out what can't be near enough, by the codes' own bound on their error;
only what stays is compared exactly. That takes a third of the time of comparing all, and the result is the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from discovery.catalogue.codes import Codes
from discovery.catalogue.embeddings import Vector
from discovery.catalogue.vectors import Near

VECTORS_FILE = "vectors.npy"


@dataclass(frozen=True, eq=False)
class ExactVectors:
    """`DocumentVectors` as they are."""

    vectors: Vector
    codes: Codes
    """Of the vectors."""

    rough: ClassVar = False

    @classmethod
    def of(cls, vectors: Vector) -> Self:
        """Code unit vectors, `float32[n, d]`."""
        return cls(vectors, Codes.of(vectors))

    def save(self, folder: Path) -> None:
        """Write the vectors and their codes."""
        np.save(folder / VECTORS_FILE, self.vectors)
        self.codes.save(folder)

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Memory-map both."""
        return cls(np.asarray(np.load(folder / VECTORS_FILE, mmap_mode="r")), Codes.open(folder))

    def __len__(self) -> int:
        return len(self.vectors)

    def __getitem__(self, rows: int | NDArray[np.intp]) -> Vector:
        return self.vectors[rows]

    def near(self, query: Vector, most: int, *, floor: float, least: float, without: Sequence[int] = ()) -> Near:
        """As `DocumentVectors` has it; provably all of them."""
        products, unit, error = self.codes.products(query)
        products[list(without)] = -np.inf
        nearest = np.flatnonzero(products >= products.max() - 2 * error / unit)
        best = float((self.vectors[nearest] @ query).max())
        rows = np.flatnonzero(products >= (max(floor * best, least) - error) / unit)
        if len(rows) > most:
            last = np.partition(products[rows], -most)[-most]  # so many are, exactly, above this less the error
            rows = rows[products[rows] >= last - 2 * error / unit]
        return Near(best, rows, self.vectors[rows] @ query)

    def cosines(self, query: Vector) -> NDArray[np.float32]:
        """All of them, exactly."""
        return self.vectors @ query

    def refined(self, query: Vector, rows: NDArray[np.intp]) -> NDArray[np.float32]:
        """Some of them, exactly."""
        return self.vectors[rows] @ query
