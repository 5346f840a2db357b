"""Which rows have which names, for attributes with thousands of names, of which a row has a few."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from discovery.catalogue.vocabulary import vocabulary


@dataclass(frozen=True, eq=False)
class Membership:
    """m pairs of a row and the code of a name that it has."""

    names: Sequence[str]
    """By code."""
    pairs: NDArray[np.int32]
    """`[2, m]`: rows, ascending, and codes; no pair twice."""

    @classmethod
    def of(cls, rows: Sequence[Sequence[str]]) -> Self:
        """Of the names that each row has; those that differ in case alone are one."""
        names = vocabulary(rows)
        codes = {name.casefold(): code for code, name in enumerate(names)}
        pairs = [(row, code) for row, had in enumerate(rows) for code in {codes[name.casefold()]: None for name in had}]
        return cls(names, np.array(pairs, dtype=np.int32).reshape(-1, 2).T)

    def save(self, folder: Path, name: str) -> None:
        """Write the pairs and the names."""
        np.save(folder / f"{name}.npy", self.pairs)
        (folder / f"{name}.json").write_text(json.dumps(self.names, ensure_ascii=False, separators=(",", ":")))

    @classmethod
    def open(cls, folder: Path, name: str) -> Self:
        """Memory-map the pairs, and read the names."""
        names = json.loads((folder / f"{name}.json").read_text())
        return cls(names, np.asarray(np.load(folder / f"{name}.npy", mmap_mode="r")))

    @cached_property
    def codes(self) -> dict[str, int]:
        """By case-folded name."""
        return {name.casefold(): code for code, name in enumerate(self.names)}

    def having(self, codes: frozenset[int], size: int) -> NDArray[np.bool_]:
        """Which of so many rows have any of the names, `[size]`."""
        rows, all_codes = self.pairs
        having: NDArray[np.bool_] = np.zeros(size, dtype=np.bool_)
        having[rows[np.isin(all_codes, list(codes))]] = True
        return having

    def counts(self, kept: NDArray[np.bool_]) -> NDArray[np.intp]:
        """How many of the rows that are kept (`[n]`) have each name."""
        rows, codes = self.pairs
        return np.bincount(codes[kept[rows]], minlength=len(self.names))
