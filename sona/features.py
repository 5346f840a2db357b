"""The features of all titles that scores are computed from: arrays by catalogue row."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from discovery.catalogue.content import Content
from discovery.catalogue.embeddings import Vector, normalized

GENRE_WEIGHT = 1.0
CAST_WEIGHT = 0.25
"""A title has a few genres and several people: with equal weights the people would drown the genres."""


@dataclass(frozen=True, slots=True)
class Traits:
    """Which title has which genre or person, as p pairs of a row and a trait; t distinct traits."""

    rows: NDArray[np.intp]
    """`[p]`."""
    traits: NDArray[np.intp]
    """`[p]`."""
    is_genre: NDArray[np.bool_]
    """`[t]`; the others are people of the cast."""

    @classmethod
    def of(cls, contents: Iterable[Content]) -> Self:
        """Collect the genres and casts of contents; names are equal whatever their case."""
        known: dict[tuple[bool, str], int] = {}
        pairs: list[tuple[int, int]] = []
        for row, content in enumerate(contents):
            names = {(True, name.casefold()) for name in content.genres}
            names |= {(False, name.casefold()) for name in content.cast}
            pairs += [(row, known.setdefault(name, len(known))) for name in sorted(names)]
        table = np.array(pairs, dtype=np.intp).reshape(-1, 2)
        is_genre = np.array([genre for genre, _ in known], dtype=np.bool_)
        return cls(rows=table[:, 0].copy(), traits=table[:, 1].copy(), is_genre=is_genre)


@dataclass(frozen=True, slots=True)
class Features:
    """A catalogue of n titles as SONA sees it."""

    row_of: dict[str, int]
    vectors: Vector
    """`[n, dimensions]`, centred and of length 1."""
    traits: Traits
    decades: NDArray[np.intp]
    """`[n]`: release year // 10, −1 where unknown."""

    @property
    def size(self) -> int:
        """Number of titles."""
        return len(self.row_of)

    @classmethod
    def of(cls, ids: Sequence[str], vectors: Vector, contents: Sequence[Content]) -> Self:
        """Prepare a catalogue's ids, embeddings and documents, all by row."""
        years = [-1 if content.release_year is None else content.release_year // 10 for content in contents]
        return cls(
            row_of={identifier: row for row, identifier in enumerate(ids)},
            vectors=centred(vectors),
            traits=Traits.of(contents),
            decades=np.array(years, dtype=np.intp),
        )


def centred(vectors: Vector) -> Vector:
    """Subtract the mean of all vectors, and scale them to length 1 again.

    Embeddings of texts of one kind all point in one direction, so that even opposite tastes look alike: Mu and
    Viswanath 2018, "All-but-the-Top".
    """
    return normalized(vectors - vectors.mean(axis=0, keepdims=True))
