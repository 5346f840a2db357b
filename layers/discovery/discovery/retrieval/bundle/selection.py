"""Constraints over a bundle: names as codes of its vocabularies, and which rows satisfy them."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from discovery.catalogue.columns import Columns
from discovery.catalogue.manifest import Manifest
from discovery.retrieval.filters import Constraints

Mask = NDArray[np.bool_]
Selection = Constraints[int]
"""Constraints with a name's place in the bundle's vocabulary instead of the name; an unknown name has none."""


def selection(wanted: Constraints[str], manifest: Manifest) -> Selection:
    """Translate constraints."""
    coded: Selection = replace(wanted, genres=(), platforms=())  # type: ignore[assignment]  # without names it is both
    genres = tuple(_codes(wanted.genres, manifest.genres))
    return replace(coded, genres=genres, platforms=tuple(_codes(wanted.platforms, manifest.platforms)))


def mask(columns: Columns, selected: Selection) -> Mask | None:
    """Which rows are selected, `bool[n]`; None for all of them. An unknown value satisfies no bound."""
    if not selected.any:
        return None
    allowed: Mask = np.ones(len(columns.years), dtype=np.bool_)
    for members, groups in ((columns.genres, selected.genres), (columns.platforms, selected.platforms)):
        for codes in groups:
            allowed &= members[:, sorted(codes)].any(axis=1)
    if selected.years != (None, None):
        lower, upper = selected.years
        allowed &= (columns.years >= max(lower or 0, 0)) & (columns.years <= (9999 if upper is None else upper))
    if selected.ratings != (None, None):
        low, high = selected.ratings
        # NaN compares false with both bounds.
        allowed &= (columns.ratings >= (0 if low is None else low)) & (
            columns.ratings <= (10 if high is None else high)
        )
    if selected.max_content_level is not None:
        allowed &= (columns.content_levels > 0) & (columns.content_levels <= selected.max_content_level)
    return allowed


def _codes(groups: Iterable[frozenset[str]], vocabulary: Sequence[str]) -> Iterable[frozenset[int]]:
    for wanted in groups:
        yield frozenset(code for code, name in enumerate(vocabulary) if name.casefold() in wanted)
