"""What a search for candidates finds, by columns.

The values that every candidate is told by come with each hit as its sort values. As fields of documents they would take
OpenSearch longer to fetch, be twice as long to read, and each of them be a list.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from discovery.errors import Unsearched
from discovery.opensearch import mapping
from discovery.opensearch.engine import Answer, Body

PASSES = "passes"
"""Names the query that hits match which satisfy all constraints."""
SCORE = "_score"


@dataclass(frozen=True, eq=False)
class Hits:
    """m titles, in the order that was asked for."""

    columns: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    """`[m]` each: the values that titles are sorted by."""
    fields: Sequence[Mapping[str, list[Any]]] = ()
    """`[m]`: the values of each field that was read besides; empty where none was."""
    passing: frozenset[str] = frozenset()
    """Ids of those that say that they satisfy all constraints."""
    missing: Unsearched | None = None
    """Why something may be missing."""

    @classmethod
    def of(cls, search: Body, answer: Answer) -> Self:
        """What a search of `Form` found."""
        names = [next(iter(by)) for by in search["sort"]]
        columns = zip(*(hit["sort"] for hit in answer.hits), strict=True)
        found = cls(dict(zip(names, columns, strict=False)), missing=answer.missing)
        if "docvalue_fields" in search:
            found = replace(found, fields=[hit.get("fields", {}) for hit in answer.hits])
        told = zip(found.ids, answer.hits, strict=True)
        return replace(found, passing=frozenset(one for one, hit in told if "matched_queries" in hit))

    @property
    def ids(self) -> Sequence[str]:
        """The content ids, `[m]`."""
        return self.columns.get(mapping.ID, ())

    @property
    def scores(self) -> NDArray[np.float64]:
        """The scores, `[m]`."""
        return self.numbers(SCORE)

    @property
    def popularity(self) -> NDArray[np.float64]:
        """Popularity, `[m]`: the single precision that is kept of it, which is more than what is written of that."""
        return self.numbers(mapping.POPULARITY).astype(np.float32).astype(np.float64)

    def numbers(self, name: str) -> NDArray[np.float64]:
        """A column of numbers, `[m]`."""
        return np.array(self.columns.get(name, ()), dtype=np.float64)

    def without(self, content_id: str | None) -> Self:
        """The same without a title."""
        if content_id is None or content_id not in self.ids:
            return self
        place = self.ids.index(content_id)
        columns = {name: [*values[:place], *values[place + 1 :]] for name, values in self.columns.items()}
        return replace(self, columns=columns, fields=[*self.fields[:place], *self.fields[place + 1 :]])

    def __len__(self) -> int:
        return len(self.ids)
