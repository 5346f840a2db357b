"""Ids and titles of all titles by row, in one array of bytes: 36 000 strings as Python objects would take 5 MB."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Names:
    """n strings as UTF-8, end to end."""

    text: NDArray[np.uint8]
    ends: NDArray[np.int64]
    """`[n + 1]`, from 0."""

    @classmethod
    def joined(cls, names: Sequence[str]) -> "Names":
        """Put strings end to end."""
        encoded = [name.encode() for name in names]
        ends = np.cumsum([0, *map(len, encoded)], dtype=np.int64)
        return cls(np.frombuffer(b"".join(encoded), dtype=np.uint8), ends)

    def __getitem__(self, row: int) -> str:
        return self.text[self.ends[row] : self.ends[row + 1]].tobytes().decode()

    def of(self, rows: NDArray[np.intp]) -> list[str]:
        """The strings of these rows."""
        return [self[row] for row in rows.tolist()]
