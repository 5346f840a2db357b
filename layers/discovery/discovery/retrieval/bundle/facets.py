"""Facets: how many of the candidates have each genre, platform, decade, rating and so on."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from discovery.api.facet_responses import Facets
from discovery.catalogue.columns import Columns
from discovery.retrieval.ranking import greatest

_MOST_VALUES = {"directors": 20, "keywords": 20}
"""Of the facets that may have thousands."""
_DECADE = 10
_LAST_POINT = 9
"""Ten belongs to the last whole point."""


def count(columns: Columns, rows: NDArray[np.intp], genres: Sequence[str], platforms: Sequence[str]) -> Facets:
    """Count the facets of rows, each once; values that none of them has, and unknown ones, are left out."""
    rows = _in_place(rows, len(columns.years))
    years = columns.years[rows]
    ratings = columns.ratings[rows]
    decades = np.bincount(years[years >= 0] // _DECADE)
    points = np.bincount(np.minimum(ratings[~np.isnan(ratings)].astype(np.intp), _LAST_POINT))
    return Facets.model_validate(  # all at once: sixty models made one by one take four times as long
        {
            "genres": _most_frequent(columns.genres.counts(rows), genres),
            "platforms": _most_frequent(columns.platforms.counts(rows), platforms),
            "years": [_count(f"{decade * _DECADE}s", decades[decade]) for decade in np.flatnonzero(decades)],
            "ratings": [_count(f"{point}-{point + 1}", points[point]) for point in np.flatnonzero(points)],
            **{
                attribute: _most_frequent(membership.counts(rows), membership.names, _MOST_VALUES.get(attribute))
                for attribute, membership in columns.memberships.items()
            },
        }
    )


def _in_place(rows: NDArray[np.intp], size: int) -> NDArray[np.intp]:
    """Rows, each once, in the order in which columns lie: of 300 000 in another, counting takes three times as long."""
    marked = np.zeros(size, dtype=np.bool_)
    marked[rows] = True
    return np.flatnonzero(marked)


def _most_frequent(counts: NDArray[np.intp], names: Sequence[str], most: int | None = None) -> list[dict[str, object]]:
    having = np.flatnonzero(counts)
    order = having[greatest(counts[having], len(having) if most is None else most)]  # equals in order of name
    return [_count(names[code], counts[code]) for code in order]


def _count(value: str, n: np.integer) -> dict[str, object]:
    return {"value": value, "count": int(n)}
