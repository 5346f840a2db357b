"""All titles that the searches of one query found, each in a place: those in the order of their ids."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from discovery.opensearch import mapping
from discovery.opensearch.engine import Answer

PASSES = "passes"
"""Names the query that hits match which satisfy all constraints."""

Hit = Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class Pool:
    """n titles."""

    ids: Sequence[str]
    """`[n]`, rising, so that what is equal is in their order."""
    fields: Mapping[str, Mapping[str, list[Any]]]
    """By id, the values of each field that was read of it."""
    allowed: NDArray[np.bool_] | None
    """`[n]`: which satisfy all constraints; None where there are none."""

    @classmethod
    def of(cls, answers: Iterable[Answer], *, constrained: bool) -> Self:
        """All that answers have."""
        fields: dict[str, dict[str, list[Any]]] = {}
        passing: set[str] = set()
        for hit in (hit for answer in answers for hit in answer.hits):
            content_id = id_of(hit)
            if content_id in fields:
                fields[content_id] |= hit["fields"]
            else:
                fields[content_id] = dict(hit["fields"])
            if "matched_queries" in hit:
                passing.add(content_id)
        ids = sorted(fields)
        allowed = np.fromiter((one in passing for one in ids), np.bool_, len(ids)) if constrained else None
        return cls(ids, fields, allowed)

    def rows(self, hits: Sequence[Hit]) -> NDArray[np.intp]:
        """The places of hits."""
        return np.fromiter((self._place[id_of(hit)] for hit in hits), np.intp, len(hits))

    def row(self, content_id: str) -> int | None:
        """The place of a title; None where it was not found."""
        return self._place.get(content_id)

    def numbers(self, field: str, rows: NDArray[np.intp], *, unknown: float = 0.0) -> NDArray[np.float64]:
        """The values of a field of one number, `[len(rows)]`."""
        values = (self._values(row, field) for row in rows.tolist())
        return np.fromiter((of[0] if of else unknown for of in values), np.float64, len(rows))

    def names(self, field: str, rows: NDArray[np.intp]) -> list[frozenset[str]]:
        """The values of a field of names, of each of some rows."""
        return [frozenset(self._values(row, field)) for row in rows.tolist()]

    def _values(self, row: int, field: str) -> Sequence[Any]:
        return self.fields[self.ids[row]].get(field, ())

    @cached_property
    def _place(self) -> Mapping[str, int]:
        return {content_id: place for place, content_id in enumerate(self.ids)}


def id_of(hit: Hit) -> str:
    """The content id of a hit."""
    return str(hit["fields"][mapping.ID][0])


def scores_of(hits: Sequence[Hit]) -> NDArray[np.float64]:
    """The scores of hits, `[len(hits)]`."""
    return np.fromiter((hit["_score"] for hit in hits), np.float64, len(hits))
