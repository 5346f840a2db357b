"""Constraints over a bundle: names as codes of its vocabularies, and which rows satisfy them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from discovery.catalogue.columns import Columns
from discovery.catalogue.manifest import Manifest
from discovery.retrieval.filters import Constraints, Names

Mask = NDArray[np.bool_]
Codes = frozenset[int]


@dataclass(frozen=True)
class Selection:
    """`Constraints` with a name's place in the bundle's vocabulary instead of the name; an unknown name has none."""

    genres: tuple[Codes, ...] = ()
    platforms: tuple[Codes, ...] = ()
    years: tuple[int | None, int | None] = (None, None)
    ratings: tuple[float | None, float | None] = (None, None)
    max_content_level: int | None = None

    @classmethod
    def of(cls, wanted: Constraints, manifest: Manifest) -> Self:
        """Translate constraints."""
        return cls(
            genres=tuple(_codes(wanted.genres, manifest.genres)),
            platforms=tuple(_codes(wanted.platforms, manifest.platforms)),
            years=wanted.years,
            ratings=wanted.ratings,
            max_content_level=wanted.max_content_level,
        )

    @property
    def any(self) -> bool:
        """Whether it leaves anything out."""
        return self != Selection()

    def mask(self, columns: Columns) -> Mask | None:
        """Which rows are selected, `bool[n]`; None for all of them. An unknown value satisfies no bound."""
        if not self.any:
            return None
        allowed: Mask = np.ones(len(columns.years), dtype=np.bool_)
        for members, groups in ((columns.genres, self.genres), (columns.platforms, self.platforms)):
            for codes in groups:
                allowed &= members[:, sorted(codes)].any(axis=1)
        if self.years != (None, None):
            lower, upper = self.years
            allowed &= (columns.years >= max(lower or 0, 0)) & (columns.years <= (9999 if upper is None else upper))
        if self.ratings != (None, None):
            low, high = self.ratings
            # NaN compares false with both bounds.
            allowed &= (columns.ratings >= (0 if low is None else low)) & (
                columns.ratings <= (10 if high is None else high)
            )
        if self.max_content_level is not None:
            allowed &= (columns.content_levels > 0) & (columns.content_levels <= self.max_content_level)
        return allowed


def _codes(groups: Iterable[Names], vocabulary: Sequence[str]) -> Iterable[Codes]:
    for wanted in groups:
        yield frozenset(code for code, name in enumerate(vocabulary) if name.casefold() in wanted)
