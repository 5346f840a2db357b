"""All titles that the searches of one query found, each in a place: those in the order of their ids."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from discovery.retrieval.opensearch.hits import Hits


@dataclass(frozen=True, eq=False)
class Pool:
    """n titles."""

    ids: Sequence[str]
    """`[n]`, rising, so that what is equal is in their order."""
    places: Mapping[str, int]
    popularity: NDArray[np.float64]
    """`[n]`, in [0, 1]."""
    fields: Mapping[str, Mapping[str, list[Any]]]
    """By id, the values of each field that was read of it besides."""
    allowed: NDArray[np.bool_] | None
    """`[n]`: which satisfy all constraints; None where there are none."""

    @classmethod
    def of(cls, found: Sequence[Hits], *, constrained: bool) -> Self:
        """All that searches found."""
        ids = sorted(set().union(*(hits.ids for hits in found)))
        places = dict(zip(ids, range(len(ids)), strict=True))
        fields: dict[str, dict[str, list[Any]]] = {}
        popularity = np.zeros(len(ids))
        for hits in found:
            popularity[_places(places, hits)] = hits.popularity
            for content_id, values in zip(hits.ids, hits.fields, strict=False):
                fields.setdefault(content_id, {}).update(values)
        allowed: NDArray[np.bool_] | None = None
        if constrained:
            passing = frozenset().union(*(hits.passing for hits in found))
            allowed = np.fromiter((one in passing for one in ids), np.bool_, len(ids))
        return cls(ids, places, popularity, fields, allowed)

    def rows(self, hits: Hits) -> NDArray[np.intp]:
        """The places of hits."""
        return _places(self.places, hits)

    def numbers(self, field: str, rows: NDArray[np.intp], *, unknown: float = 0.0) -> NDArray[np.float64]:
        """The values of a field of one number, `[len(rows)]`."""
        values = (self._values(row, field) for row in rows.tolist())
        return np.fromiter((of[0] if of else unknown for of in values), np.float64, len(rows))

    def names(self, field: str, rows: NDArray[np.intp]) -> list[frozenset[str]]:
        """The values of a field of names, of each of some rows."""
        return [frozenset(self._values(row, field)) for row in rows.tolist()]

    def _values(self, row: int, field: str) -> Sequence[Any]:
        return self.fields.get(self.ids[row], {}).get(field, ())


def _places(places: Mapping[str, int], hits: Hits) -> NDArray[np.intp]:
    return np.fromiter(map(places.__getitem__, hits.ids), np.intp, len(hits))
