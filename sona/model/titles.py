"""The titles of a catalogue in the order of their keys."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from sona.history import title_key


@dataclass(frozen=True, eq=False)
class Titles:
    """Keys of n titles, and where each is in the catalogue."""

    keys: NDArray[np.uint64]
    """`[n]`, ascending."""
    catalogue_rows: NDArray[np.intp]
    """`[n]`."""

    @classmethod
    def of(cls, content_ids: Sequence[str]) -> Self:
        """The titles of a catalogue, whose ids are given by row."""
        keys = keys_of(content_ids)
        order = np.argsort(keys, kind="stable")
        return cls(keys[order], order)

    def rows_of_keys(self, keys: NDArray[np.uint64]) -> NDArray[np.intp]:
        """The rows of titles by key; −1 for those that are none of these."""
        return bisected(self.keys, keys)


def keys_of(content_ids: Sequence[str]) -> NDArray[np.uint64]:
    """The keys of titles by id."""
    return np.array([title_key(content_id) for content_id in content_ids], dtype=np.uint64)


def bisected(ordered: NDArray[np.uint64], keys: NDArray[np.uint64]) -> NDArray[np.intp]:
    """The places of keys among ascending ones; −1 for those that are not there."""
    if not len(ordered):
        return np.full(len(keys), -1, dtype=np.intp)
    found = np.searchsorted(ordered, keys)
    found[found == len(ordered)] = 0
    return np.where(ordered[found] == keys, found, -1)
