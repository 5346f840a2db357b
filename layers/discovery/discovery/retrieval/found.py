"""What an index finds for a query."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from discovery.api.search_responses import PartialReason
from discovery.retrieval.understanding.query import ParsedQuery


@dataclass(frozen=True, eq=False)
class Found:
    """The match set of a query, best first unless it was sorted: all that enough speaks for. n of them.

    Pages are of these n, and counts are of `total`.
    """

    query: ParsedQuery
    """As it was searched: relaxed where what was understood left nothing."""
    keys: NDArray[np.intp]
    """`[n]`: opaque, read by nobody but the index that gave them out."""
    relevance: NDArray[np.float64]
    """`[n]`, in [0, 1]: the sum of the parts."""
    parts: Mapping[str, NDArray[np.float64]]
    """`[n]` each: what each kind of evidence adds to relevance."""
    keyword_scores: NDArray[np.float64]
    """`[n]`, BM25; NaN where keyword search did not find it."""
    similarities: NDArray[np.float64]
    """`[n]`, cosines; NaN where vector search did not find it."""
    partial: PartialReason | None = None
    """Why something may be missing; None where everything was searched."""
    more: int = 0
    """How many were found beyond these n: a search that finds a million need not tell of each."""

    @property
    def total(self) -> int:
        """How many were found."""
        return len(self) + self.more

    @property
    def whole(self) -> bool:
        """Whether everything was searched."""
        return self.partial is None

    def __len__(self) -> int:
        return len(self.keys)

    def in_order(self, places: NDArray[np.intp]) -> Self:
        """The same in another order: `places` are places in this one."""
        return replace(
            self,
            keys=self.keys[places],
            relevance=self.relevance[places],
            parts={kind: part[places] for kind, part in self.parts.items()},
            keyword_scores=self.keyword_scores[places],
            similarities=self.similarities[places],
        )
