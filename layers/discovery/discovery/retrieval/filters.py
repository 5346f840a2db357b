"""Constraints on candidates, and which rows of the columns satisfy them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from discovery.api.requests import Filters
from discovery.catalogue.columns import Columns

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Constraints:
    """What every candidate must satisfy. Each group of codes asks for any one of its members; all groups must hold."""

    genres: tuple[frozenset[int], ...] = ()
    platforms: tuple[frozenset[int], ...] = ()
    years: tuple[int | None, int | None] = (None, None)
    """Inclusive."""
    ratings: tuple[float | None, float | None] = (None, None)
    """Inclusive."""
    max_content_level: int | None = None

    @property
    def any(self) -> bool:
        """Whether they constrain at all."""
        return self != Constraints()


def codes_of(names: Iterable[str], vocabulary: Sequence[str]) -> frozenset[int]:
    """The vocabulary's codes of names, whatever their case; a name that it lacks has none."""
    wanted = {name.casefold() for name in names}
    return frozenset(code for code, name in enumerate(vocabulary) if name.casefold() in wanted)


def constraints(filters: Filters, genres: Sequence[str], platforms: Sequence[str]) -> Constraints:
    """Translate a request's filters; a filter of nothing but unknown names is satisfied by no row."""
    return Constraints(
        genres=(codes_of(filters.genres, genres),) if filters.genres else (),
        platforms=(codes_of(filters.platforms, platforms),) if filters.platforms else (),
        years=filters.year_range or (None, None),
        ratings=filters.rating_range or (None, None),
        max_content_level=filters.max_content_rating.level if filters.max_content_rating else None,
    )


def both(first: Constraints, second: Constraints) -> Constraints:
    """The constraints that ask for everything that either asks for."""
    levels = [level for level in (first.max_content_level, second.max_content_level) if level is not None]
    return Constraints(
        genres=first.genres + second.genres,
        platforms=first.platforms + second.platforms,
        years=_overlap(first.years, second.years),
        ratings=_overlap(first.ratings, second.ratings),
        max_content_level=min(levels) if levels else None,
    )


def _overlap[T: (int, float)](
    first: tuple[T | None, T | None], second: tuple[T | None, T | None]
) -> tuple[T | None, T | None]:
    lower = [bound for bound in (first[0], second[0]) if bound is not None]
    upper = [bound for bound in (first[1], second[1]) if bound is not None]
    return max(lower) if lower else None, min(upper) if upper else None


def mask(columns: Columns, wanted: Constraints) -> Mask | None:
    """Which rows satisfy the constraints, `bool[n]`; None for all of them. An unknown value satisfies no bound."""
    if not wanted.any:
        return None
    allowed: Mask = np.ones(len(columns.years), dtype=np.bool_)
    for members, groups in ((columns.genres, wanted.genres), (columns.platforms, wanted.platforms)):
        for codes in groups:
            allowed &= members[:, sorted(codes)].any(axis=1)
    if wanted.years != (None, None):
        lower, upper = wanted.years
        allowed &= (columns.years >= max(lower or 0, 0)) & (columns.years <= (9999 if upper is None else upper))
    if wanted.ratings != (None, None):
        low, high = wanted.ratings
        # NaN compares false with both bounds.
        allowed &= (columns.ratings >= (0 if low is None else low)) & (
            columns.ratings <= (10 if high is None else high)
        )
    if wanted.max_content_level is not None:
        allowed &= (columns.content_levels > 0) & (columns.content_levels <= wanted.max_content_level)
    return allowed
