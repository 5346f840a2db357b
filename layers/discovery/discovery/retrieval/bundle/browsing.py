"""Browsing: a search without a query finds everything that passes its filters, popular first."""

import numpy as np

from discovery.retrieval.bundle.selection import Selected
from discovery.retrieval.found import Found
from discovery.retrieval.fusion import by_popularity
from discovery.retrieval.understanding.query import ParsedQuery


def browse(query: ParsedQuery, selected: Selected) -> Found:
    """All that is selected; of a whole catalogue that takes less than half the time of gathering all evidence."""
    columns = selected.columns
    rows = columns.by_popularity
    if selected.rows is not None:
        rows = rows[selected.rows[rows]]
    return by_popularity(query, rows, columns.popularity[rows].astype(np.float64))
