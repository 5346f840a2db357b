"""The vectors of a catalogue's documents, behind one door: kept whole, or in stages where there are very many."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from discovery.catalogue.embeddings import Vector


@dataclass(frozen=True, eq=False)
class Near:
    """Rows that hold all those that are near, in no order, and some more."""

    best: float
    """The greatest cosine that any document has; −1 where there is none."""
    rows: NDArray[np.intp]
    similarities: NDArray[np.float32]
    """Their cosines, `[len(rows)]`."""


class DocumentVectors(Protocol):
    """Unit vectors, `float32[n, d]`, or zeros for a text without a known token."""

    @property
    def rough(self) -> bool:
        """Whether `refined` knows better than `cosines`."""

    def __len__(self) -> int:
        """How many."""

    def __getitem__(self, rows: int | NDArray[np.intp]) -> Vector:
        """The vector of a row, `float32[d]`, or of some."""

    def near(self, query: Vector, most: int, *, floor: float, least: float, without: Sequence[int] = ()) -> Near:
        """The `most` documents nearest to a unit query, of those near at all.

        Those are whose cosine is at least `least` and at least `floor` of the greatest. `without`: rows that are left
        out as if there were none.
        """

    def cosines(self, query: Vector) -> NDArray[np.float32]:
        """The cosines of a unit query and every document, `[n]`."""

    def refined(self, query: Vector, rows: NDArray[np.intp]) -> NDArray[np.float32]:
        """The cosines of a unit query and some documents, `[len(rows)]`, as well as they are known."""
