"""Which rows have which names, for attributes with thousands of names, of which a row has a few."""

import json
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from discovery.catalogue.title_key import name_key

Unsigned = NDArray[np.unsignedinteger[Any]]
"""Of as few bytes as the greatest value needs."""


@dataclass(frozen=True, eq=False)
class Membership:
    """Compressed sparse rows: n rows that have m names in all, of v distinct ones."""

    names: Sequence[str]
    """By code, `[v]`, in the order of their `name_key`."""
    offsets: Unsigned
    """`[n + 1]`: the codes of `row` are those from `offsets[row]` to `offsets[row + 1]`."""
    codes: Unsigned
    """`[m]`; no row has one twice."""

    @classmethod
    def of(cls, rows: Iterable[Sequence[str]]) -> Self:
        """Of the names that each row has; those of one `name_key` are one, in its most frequent spelling."""
        given = GivenNames()
        for names in rows:
            given.add(names)
        return cls.of_given(given)

    @classmethod
    def of_given(cls, given: "GivenNames") -> Self:
        """The same, of names that were gathered row by row."""
        spellings = _spellings(given)
        keys = sorted(spellings)
        code_of = {key: code for code, key in enumerate(keys)}
        codes = given.coded([code_of[name_key(name)] for name in given.names])
        return cls(
            names=[spellings[key] for key in keys],
            offsets=smallest(np.cumsum(np.bincount(codes.rows + 1, minlength=given.count + 1))),
            codes=smallest(codes.codes),
        )

    def save(self, folder: Path, name: str) -> None:
        """Write the arrays and the names."""
        for path, values in zip(_arrays(folder, name), (self.offsets, self.codes), strict=True):
            np.save(path, values)
        (folder / f"{name}.json").write_text(json.dumps(self.names, ensure_ascii=False, separators=(",", ":")))

    @classmethod
    def open(cls, folder: Path, name: str) -> Self:
        """Read the arrays and the names: they are small, and a mapping would hold a file descriptor each."""
        names = json.loads((folder / f"{name}.json").read_text())
        return cls(names, *(np.load(path) for path in _arrays(folder, name)))

    def followed_by(self, others: Self) -> Self:
        """These rows and others behind them; where both have a name, these have its spelling."""
        new = {name_key(name): name for name in others.names if self.code(name_key(name)) is None}
        places = [bisect_left(self.names, key, key=name_key) for key in sorted(new)]
        names = list(self.names)
        for shift, (key, place) in enumerate(zip(sorted(new), places, strict=True)):
            names.insert(place + shift, new[key])
        moved = np.arange(len(self.names)) + np.searchsorted(places, np.arange(len(self.names)), side="right")
        joined = type(self)(names, self.offsets, smallest(moved[self.codes]))
        theirs = [joined.code(name_key(name)) for name in others.names]
        return type(self)(
            names,
            smallest(np.concatenate([self.offsets, int(self.offsets[-1]) + others.offsets[1:].astype(np.intp)])),
            smallest(np.concatenate([joined.codes, np.array(theirs, dtype=np.intp)[others.codes]])),
        )

    def code(self, key: str) -> int | None:
        """The code of the name of a `name_key`; None where no row has it."""
        code = bisect_left(self.names, key, key=name_key)
        return code if code < len(self.names) and name_key(self.names[code]) == key else None

    def having(self, codes: Iterable[int]) -> NDArray[np.bool_]:
        """Which rows have any of the names, `[n]`."""
        having = np.zeros(len(self.offsets) - 1, dtype=np.bool_)
        having[np.searchsorted(self.offsets, self._places(list(codes)), side="right") - 1] = True
        return having

    def _places(self, codes: Sequence[int]) -> NDArray[np.intp]:
        """Where any of some codes is. One is compared with all, which takes a third of the time of looking them up."""
        if len(codes) == 1:
            return np.flatnonzero(self.codes == codes[0])
        wanted = np.zeros(len(self.names), dtype=np.bool_)
        wanted[codes] = True
        return np.flatnonzero(wanted[self.codes])

    def counts(self, rows: NDArray[np.intp]) -> NDArray[np.intp]:
        """How many of the rows, each once, have each name, `[v]`."""
        if len(rows) == len(self.offsets) - 1:  # all of them, in whatever order
            return np.bincount(self.codes, minlength=len(self.names))
        starts = self.offsets[rows].astype(np.intp)
        lengths = self.offsets[rows + 1] - starts
        before = np.cumsum(lengths) - lengths
        places = np.arange(lengths.sum()) + np.repeat(starts - before, lengths)
        return np.bincount(self.codes[places], minlength=len(self.names))


@dataclass(frozen=True, eq=False)
class Coded:
    """Pairs of a row and a code, by row and then by code, each once."""

    rows: NDArray[np.intp]
    codes: NDArray[np.intp]


class GivenNames:
    """The names that rows have, as they are added; of a million rows they take megabytes."""

    def __init__(self) -> None:
        self._places: dict[str, int] = {}
        self._given = array("I")
        self._ends = array("Q")

    def add(self, names: Iterable[str]) -> None:
        """Add the names of the next row."""
        places = self._places
        self._given.extend([places.setdefault(name, len(places)) for name in names])
        self._ends.append(len(self._given))

    @property
    def names(self) -> list[str]:
        """The distinct ones, as they are spelled, in the order in which they were met."""
        return list(self._places)

    @property
    def count(self) -> int:
        """How many rows."""
        return len(self._ends)

    @property
    def frequencies(self) -> NDArray[np.intp]:
        """How often each of `names` was given."""
        return np.bincount(self._whole(self._given), minlength=len(self._places))

    def coded(self, codes: Sequence[int]) -> Coded:
        """Which rows have which codes; `codes`: one for each of `names`."""
        lengths = np.diff(self._whole(self._ends), prepend=0)
        rows = np.repeat(np.arange(self.count), lengths)
        coded = np.asarray(codes, dtype=np.intp)[self._whole(self._given)]
        order = np.lexsort((coded, rows))
        rows, coded = rows[order], coded[order]
        first = np.ones(len(rows), dtype=np.bool_)
        first[1:] = (rows[1:] != rows[:-1]) | (coded[1:] != coded[:-1])
        return Coded(rows[first], coded[first])

    @staticmethod
    def _whole(values: "array[int]") -> NDArray[np.intp]:
        return np.array(values, dtype=np.intp)


def _spellings(given: GivenNames) -> dict[str, str]:
    """The most frequent spelling by key; of equally frequent ones the first met."""
    best: dict[str, tuple[int, str]] = {}
    for name, frequency in zip(given.names, given.frequencies.tolist(), strict=True):
        key = name_key(name)
        if key not in best or frequency > best[key][0]:
            best[key] = (frequency, name)
    return {key: name for key, (_, name) in best.items()}


def _arrays(folder: Path, name: str) -> tuple[Path, Path]:
    return folder / f"{name}-offsets.npy", folder / f"{name}-codes.npy"


def smallest(values: NDArray[np.intp]) -> Unsigned:
    """The same numbers, none of them negative, in as few bytes as they need."""
    return values.astype(np.min_scalar_type(int(values.max(initial=0))))
