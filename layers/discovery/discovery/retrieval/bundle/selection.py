"""Constraints over a bundle: names as codes of its vocabularies, and which rows satisfy them."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from discovery.catalogue.bundle import Catalogue
from discovery.catalogue.columns import Columns
from discovery.retrieval.filters import Constraints

Mask = NDArray[np.bool_]
Selection = Constraints[int]
"""Constraints with a name's place in the bundle's vocabulary instead of the name; an unknown name has none."""


@dataclass(frozen=True, eq=False)
class Selected:
    """What satisfies constraints in one bundle; the rows are worked out once, for whoever of the strategies asks."""

    constraints: Selection
    columns: Columns

    @cached_property
    def rows(self) -> Mask | None:
        """As `mask` has them."""
        return mask(self.columns, self.constraints)


def selection(wanted: Constraints[str], catalogue: Catalogue) -> Selection:
    """Translate constraints."""
    return Constraints(
        years=wanted.years,
        ratings=wanted.ratings,
        max_content_level=wanted.max_content_level,
        **{
            attribute: tuple(catalogue.codes_of(attribute, keys) for keys in groups)
            for attribute, groups in wanted.named.items()
            if groups
        },
    )


def mask(columns: Columns, selected: Selection) -> Mask | None:
    """Which rows are titles and selected, `bool[n]`; None for all rows. An unknown value satisfies no bound."""
    if not selected.any:
        return columns.alive
    allowed: Mask = np.ones(len(columns.years), dtype=np.bool_) if columns.alive is None else columns.alive.copy()
    for members, groups in ((columns.genres, selected.genres), (columns.platforms, selected.platforms)):
        for codes in groups:
            allowed &= members.having(codes)
    for attribute, membership in columns.memberships.items():
        for codes in selected.named[attribute]:
            allowed &= membership.having(codes)
    for values, bounds in ((columns.years, selected.years), (columns.ratings, selected.ratings)):
        if bounds != (None, None):
            allowed &= _within(values, *bounds)
    if selected.max_content_level is not None:
        allowed &= (columns.content_levels > 0) & (columns.content_levels <= selected.max_content_level)
    return allowed


def _within(values: NDArray[np.int16] | NDArray[np.float32], low: float | None, high: float | None) -> Mask:
    """Which values are known, so neither −1 nor NaN, and within inclusive bounds."""
    known: Mask = values >= (0 if low is None else low)
    return known if high is None else known & (values <= high)
