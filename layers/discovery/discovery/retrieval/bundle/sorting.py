"""Sorting what was found by an attribute, where a person asks for that order."""

import numpy as np
from numpy.typing import NDArray

from discovery.api.requests import Sort
from discovery.catalogue.columns import Columns
from discovery.retrieval.found import Found


def order(columns: Columns, found: Found, by: Sort, *, descending: bool) -> NDArray[np.intp]:
    """Places in `found`, in the order asked for. Unknown values are last in both directions; equals stay as they are.

    An unknown popularity counts as 0, as everywhere.
    """
    values = _values(columns, found, by)
    keys = np.where(np.isnan(values), np.inf, -values if descending else values)
    return np.argsort(keys, kind="stable")


def _values(columns: Columns, found: Found, by: Sort) -> NDArray[np.float64]:
    """What is sorted by, `[n]`; NaN where it is unknown."""
    match by:
        case Sort.RELEVANCE:
            return found.relevance
        case Sort.POPULARITY:
            return columns.popularity[found.keys].astype(np.float64)
        case Sort.RATING:
            return columns.ratings[found.keys].astype(np.float64)
        case Sort.YEAR:
            years = columns.years[found.keys].astype(np.float64)
            return np.where(years < 0, np.nan, years)
        case Sort.TITLE:
            return columns.title_order[found.keys].astype(np.float64)
