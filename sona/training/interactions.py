"""Who met what: the newest event of each person and title, as arrays."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from sona.history import History
from sona.liking import LIKED
from sona.model.titles import Titles
from sona.scoring import likings_of


@dataclass(frozen=True, eq=False)
class Interactions:
    """e of them, ordered by person."""

    people: NDArray[np.int64]
    """`[e]`: from 0, without gaps."""
    rows: NDArray[np.int64]
    """`[e]`: of the titles, in the order of `Titles`."""
    at: NDArray[np.int64]
    """`[e]`: Unix seconds."""
    liking: NDArray[np.float64]
    """`[e]`, in [0, 1]."""
    titles: int
    """How many there are."""

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def count(self) -> int:
        """Number of people."""
        return int(self.people[-1]) + 1 if len(self) else 0

    @property
    def liked(self) -> NDArray[np.bool_]:
        """`[e]`: whether the title counts as liked."""
        return self.liking >= LIKED

    def matrix(self) -> csr_array:
        """`[people, titles]`: liking; 0 where nothing was met."""
        return csr_array((self.liking, (self.people, self.rows)), shape=(self.count, self.titles))

    @classmethod
    def of(cls, histories: Iterable[History], titles: Titles) -> Self:
        """The interactions of people with the titles that a catalogue has; people without any are left out."""
        parts: list[tuple[NDArray[Any], ...]] = []
        for history in histories:
            found = titles.rows_of_keys(history.keys)
            known = found >= 0
            if known.any():
                person = np.full(int(known.sum()), len(parts), dtype=np.int64)
                parts.append((person, found[known], history.at[known].astype(np.int64), likings_of(history)[known]))
        if not parts:
            nothing = np.empty(0, dtype=np.int64)
            return cls(nothing, nothing, nothing, np.empty(0), len(titles.keys))
        people, rows, at, liking = (np.concatenate(column) for column in zip(*parts, strict=True))
        return cls(people, rows, at, liking, len(titles.keys))
