"""Facets: how many of the candidates have each genre, platform, decade and rating."""

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from discovery.api.responses import FacetCount, Facets
from discovery.catalogue.columns import Columns

_DECADE = 10


def count(columns: Columns, rows: Sequence[int], genres: Sequence[str], platforms: Sequence[str]) -> Facets:
    """Count the facets of rows; values that none of them has, and unknown ones, are left out."""
    selected = np.array(rows, dtype=np.intp)
    years = columns.years[selected]
    ratings = columns.ratings[selected]
    decades = Counter((years[years >= 0] // _DECADE * _DECADE).tolist())
    points = Counter(np.minimum(ratings[~np.isnan(ratings)], 9.99).astype(int).tolist())
    return Facets(
        genres=_most_frequent(columns.genres[selected], genres),
        platforms=_most_frequent(columns.platforms[selected], platforms),
        years=_in_order((f"{decade}s", decades[decade]) for decade in sorted(decades)),
        ratings=_in_order((f"{point}-{point + 1}", points[point]) for point in sorted(points)),
    )


def _most_frequent(members: NDArray[np.bool_], names: Sequence[str]) -> tuple[FacetCount, ...]:
    counted = zip(names, members.sum(axis=0).tolist(), strict=True)
    return _in_order(sorted(((name, n) for name, n in counted if n), key=lambda item: (-item[1], item[0])))


def _in_order(counts: Iterable[tuple[str, int]]) -> tuple[FacetCount, ...]:
    return tuple(FacetCount(value=value, count=n) for value, n in counts)
