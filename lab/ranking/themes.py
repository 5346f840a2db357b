"""What people search for here: themes, each with what a search for it finds first."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from discovery.personalization.blending import Candidates
from discovery.search.window import window
from lab.relevance.systems import Ours

THEMES = (
    *("space adventure", "romantic comedy", "zombie horror", "western", "vampire", "superhero", "musical"),
    *("teen high school comedy", "spy secret agent", "gangster mafia", "martial arts", "road trip", "alien invasion"),
    *("political conspiracy", "fantasy magic", "police corruption", "christmas", "martial revenge"),
    *("dystopian future", "pirates"),
)
WINDOW = 100
"""Candidates that are reranked, the default."""


@dataclass(frozen=True, eq=False)
class Window:
    """The first candidates of a query, asked by nobody in particular."""

    query: str
    candidates: Candidates
    vectors: NDArray[np.float32]
    """`[n, d]`: the catalogue's embeddings of the candidates' texts, of length 1."""

    @property
    def ids(self) -> Sequence[str]:
        """Content ids, best first."""
        return self.candidates.content_ids


def windows(system: Ours, queries: Sequence[str]) -> list[Window]:
    """The windows of queries."""
    return [_window(system, query) for query in queries]


def _window(system: Ours, query: str) -> Window:
    found = system.find(query)
    return Window(query, window(system.index, found, WINDOW), system.catalogue.vectors[found.keys[:WINDOW]])
