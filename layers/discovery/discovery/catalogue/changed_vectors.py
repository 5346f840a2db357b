"""Vectors of a catalogue that changes are laid over: some rows are gone, and others, kept whole, are behind them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from discovery.catalogue.embeddings import Vector
from discovery.catalogue.vectors import DocumentVectors, Near


@dataclass(frozen=True, eq=False)
class ChangedVectors:
    """`DocumentVectors` of other ones and what is added; of a row that is gone, every cosine is −1."""

    base: DocumentVectors
    gone: Sequence[int]
    added: Vector
    """`[k, d]`."""

    @property
    def rough(self) -> bool:
        """As the others are."""
        return self.base.rough

    def __len__(self) -> int:
        return len(self.base) + len(self.added)

    def __getitem__(self, rows: int | NDArray[np.intp]) -> Vector:
        wanted = np.atleast_1d(rows)
        vectors = np.empty((len(wanted), self.added.shape[1]), dtype=np.float32)
        behind = wanted >= len(self.base)
        vectors[behind] = self.added[wanted[behind] - len(self.base)]
        vectors[~behind] = self.base[wanted[~behind]]
        return vectors[0] if np.ndim(rows) == 0 else vectors

    def near(self, query: Vector, most: int, *, floor: float, least: float, without: Sequence[int] = ()) -> Near:
        """As `DocumentVectors` has it."""
        first = len(self.base)
        left_out = (*self.gone, *(row for row in without if row < first))
        near = self.base.near(query, most, floor=floor, least=least, without=left_out)
        similarities = self.added @ query
        similarities[[row - first for row in without if row >= first]] = -1.0
        best = max(near.best, float(similarities.max(initial=-1.0)))
        rows = np.concatenate([near.rows, np.arange(first, len(self))])
        similarities = np.concatenate([near.similarities, similarities])
        are_near = similarities >= max(floor * best, least)
        return Near(best, rows[are_near], similarities[are_near])

    def cosines(self, query: Vector) -> NDArray[np.float32]:
        """As the others know them, and of what is added exactly."""
        cosines = np.concatenate([self.base.cosines(query), self.added @ query])
        cosines[list(self.gone)] = -1.0
        return cosines

    def refined(self, query: Vector, rows: NDArray[np.intp]) -> NDArray[np.float32]:
        """The same of some rows."""
        refined = self.added[np.maximum(rows - len(self.base), 0)] @ query if len(self.added) else np.zeros(len(rows))
        before = rows < len(self.base)
        refined[before] = self.base.refined(query, rows[before])
        refined[np.isin(rows, self.gone)] = -1.0
        return np.asarray(refined, dtype=np.float32)
