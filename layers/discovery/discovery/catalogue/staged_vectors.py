"""Vectors in stages, for so many documents that going through all of each would take too long.

    v ≈ mean + Σ_i  step_i · code_i · axis_i            codes are −127 to 127; axes are principal ones, widest first

A byte a dimension is kept of a vector, and one more for the widest axes, where rounding errs most. A few bits of each
axis lie apart (`bit_planes`), and are added up for every document, of the axes that say something for the query. What
the first axes say is gone through for the tens of thousands that this leaves, and what all axes say for fewer; the last
few are compared with the query in full, by both bytes and without rounding the query. Along principal axes the first
half says most (Jolliffe, "Principal Component Analysis", 2002), which the model's own first dimensions don't.

What is found is nearly always what comparing all would find: docs/adr/0046 has how nearly.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Self

import numpy as np
import simsimd
from numpy.typing import NDArray

from discovery.catalogue.bit_planes import BitPlanes
from discovery.catalogue.embeddings import Vector
from discovery.catalogue.vectors import Near

LEADING_FILE, REST_FILE, FINE_FILE = "vectors-leading.npy", "vectors-rest.npy", "vectors-fine.npy"
AXES_FILE = "vectors-axes.npy"
_LEADING = 128
"""Dimensions that lie together, and are gone through first."""
_FINE = 64
"""Dimensions that have a second byte."""
_FINE_STEPS = 254
"""Of the second byte, in one of the first."""
_CANDIDATES = 20
"""Times what is wanted: what the planes leave."""
_PROMISING = 10
"""Times what is wanted: what the first axes leave of these."""
_FINALISTS = 1.25
"""Times what is wanted: what all axes leave of these."""
_SECOND_ERROR = 0.02
"""More than a cosine is off after the second stage (0.006): what is further below the floor is not compared in full."""
_SAMPLED = 61
"""One of so many documents tells where the candidates begin; a prime, so that no order of a source meets it."""
_ENOUGH = 100
"""Of the sample that are greater: then it tells to within a tenth where they begin."""
_LEARNED_FROM = 100_000
"""Vectors, spread over the catalogue, that tell the axes."""
_LARGEST = 127
_WIDEST = 4.5
"""Standard deviations along an axis that the largest code stands for; what is further out is taken for that."""
_BATCH = 20_480
"""A multiple of 64."""


@dataclass(frozen=True, eq=False)
class StagedVectors:
    """`DocumentVectors` as codes along principal axes."""

    leading: NDArray[np.int8]
    """`[n, 128]`."""
    rest: NDArray[np.int8]
    """`[n, d − 128]`."""
    fine: NDArray[np.int8]
    """`[n, 64]`: how far what is coded is from the codes of the first axes, in 254ths."""
    axes: Vector
    """`[d + 2, d]`: the mean, the steps, and the axes, one a row."""
    planes: BitPlanes
    """A few bits of each axis."""

    rough: ClassVar = True

    @classmethod
    def of(cls, vectors: Vector) -> Self:
        """Code unit vectors, `float32[n, d]`, which may be mapped: they are gone through in parts."""
        count, dimensions = vectors.shape
        sample = np.asarray(vectors[:: max(1, count // _LEARNED_FROM)])
        mean = sample.mean(axis=0)
        _, directions = np.linalg.eigh(np.cov((sample - mean).T).reshape(dimensions, dimensions))
        axes = directions.T[::-1].astype(np.float32)  # `eigh` gives the narrowest first
        widths = ((sample - mean) @ axes.T).std(axis=0)
        steps = np.where(widths > 0, widths * (_WIDEST / _LARGEST), 1.0).astype(np.float32)
        leading = np.empty((count, min(_LEADING, dimensions)), dtype=np.int8)
        rest = np.empty((count, dimensions - leading.shape[1]), dtype=np.int8)
        fine = np.empty((count, min(_FINE, dimensions)), dtype=np.int8)
        planes = BitPlanes.empty(count, dimensions)
        start = 0
        for part in _parts(vectors):
            along = (part - mean) @ axes.T / steps
            codes = np.clip(np.rint(along), -_LARGEST, _LARGEST)
            left = (along - codes)[:, : fine.shape[1]] * _FINE_STEPS
            here = slice(start, start + len(part))
            leading[here], rest[here] = codes[:, : leading.shape[1]], codes[:, leading.shape[1] :]
            fine[here] = np.clip(np.rint(left), -_LARGEST, _LARGEST)
            planes.fill(start, (along * (_WIDEST / _LARGEST)).astype(np.float32))
            start += len(part)
        return cls(leading, rest, fine, np.vstack([mean, steps, axes]), planes)

    def save(self, folder: Path) -> None:
        """Write the five files."""
        np.save(folder / LEADING_FILE, self.leading)
        np.save(folder / REST_FILE, self.rest)
        np.save(folder / FINE_FILE, self.fine)
        np.save(folder / AXES_FILE, self.axes)
        self.planes.save(folder)

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Memory-map the codes."""
        files = (LEADING_FILE, REST_FILE, FINE_FILE)
        leading, rest, fine = (np.asarray(np.load(folder / name, mmap_mode="r")) for name in files)
        planes = BitPlanes.open(folder, len(leading))
        return cls(leading, rest, fine, np.load(folder / AXES_FILE), planes)

    def __len__(self) -> int:
        return len(self.leading)

    def __getitem__(self, rows: int | NDArray[np.intp]) -> Vector:
        vectors: Vector = self._mean + (self._codes(np.atleast_1d(rows)) * self.axes[1]) @ self.axes[2:]
        return vectors[0] if np.ndim(rows) == 0 else vectors

    def near(self, query: Vector, most: int, *, floor: float, least: float, without: Sequence[int] = ()) -> Near:
        """As `DocumentVectors` has it, but for a few of the last."""
        rows = self.planes.greatest(self._weights(query) * np.float32(_LARGEST / _WIDEST), _CANDIDATES * most)
        rows = rows[~np.isin(rows, without)] if len(without) else rows
        first = self._first(query, rows)
        kept = _greatest(first, _PROMISING * most)
        rows = rows[kept]
        second = first[kept] + self._second(query, rows) + np.float32(self._mean @ query)
        likely = max(floor * float(second.max(initial=-1.0)), least) - _SECOND_ERROR
        rows, second = rows[second >= likely], second[second >= likely]
        rows = rows[_greatest(second, int(_FINALISTS * most))]
        similarities = self.refined(query, rows)
        best = float(similarities.max(initial=-1.0))
        near = similarities >= max(floor * best, least)
        return Near(best, rows[near], similarities[near])

    def cosines(self, query: Vector) -> NDArray[np.float32]:
        """Along the first axes alone."""
        return self._first(query, None) + np.float32(self._mean @ query)

    def refined(self, query: Vector, rows: NDArray[np.intp]) -> NDArray[np.float32]:
        """Along all axes."""
        along: NDArray[np.float32] = self._codes(rows) @ self._weights(query)
        return along + np.float32(self._mean @ query)

    def _codes(self, rows: NDArray[np.intp]) -> NDArray[np.float32]:
        """Of all axes, by both bytes, `[len(rows), d]`."""
        split, fine = self.leading.shape[1], self.fine.shape[1]
        codes = np.empty((len(rows), split + self.rest.shape[1]), dtype=np.float32)
        codes[:, :split], codes[:, split:] = self.leading.take(rows, axis=0), self.rest.take(rows, axis=0)
        codes[:, :fine] += self.fine.take(rows, axis=0) * np.float32(1 / _FINE_STEPS)
        return codes

    @property
    def _mean(self) -> Vector:
        mean: Vector = self.axes[0]
        return mean

    def _weights(self, query: Vector) -> Vector:
        """What a code of one adds to the cosine, by axis."""
        weights: Vector = (self.axes[2:] @ query) * self.axes[1]
        return weights

    def _first(self, query: Vector, rows: NDArray[np.intp] | None) -> NDArray[np.float32]:
        """What the first axes add to the cosines of some documents, or of all; the query is rounded to bytes, too."""
        codes = self.leading if rows is None else self.leading.take(rows, axis=0)
        return _products(codes, self._weights(query)[: codes.shape[1]])

    def _second(self, query: Vector, rows: NDArray[np.intp]) -> NDArray[np.float32]:
        """What the others add."""
        return _products(self.rest.take(rows, axis=0), self._weights(query)[self.leading.shape[1] :])


def _products(codes: NDArray[np.int8], weights: Vector) -> NDArray[np.float32]:
    """The products of codes, `int8[m, k]`, and weights, `float32[k]`, which are rounded to 255 steps."""
    largest = float(np.abs(weights).max(initial=0))
    if not largest:
        return np.zeros(len(codes), dtype=np.float32)
    rounded = np.rint(weights * (_LARGEST / largest)).astype(np.int8)
    products = np.asarray(simsimd.cdist(rounded[np.newaxis], codes, "dot", out_dtype="float32")).ravel()
    products *= np.float32(largest / _LARGEST)
    return products


def _greatest(values: NDArray[np.float32], count: int) -> NDArray[np.intp]:
    """The places of about the `count` greatest of some values; all where there are no more.

    Of very many, a sample tells where they begin: to sort out all of a million takes 8 ms, and that 0.5 ms.
    """
    if count >= len(values):
        return np.arange(len(values))
    sample = values[::_SAMPLED] if count > _ENOUGH * _SAMPLED else values
    wanted = count * len(sample) // len(values)
    return np.flatnonzero(values >= np.partition(sample, -wanted)[-wanted])


def _parts(vectors: Vector) -> Iterator[Vector]:
    for start in range(0, len(vectors), _BATCH):
        yield np.asarray(vectors[start : start + _BATCH])
