"""Browsing: a search without a query finds everything that passes its filters, popular first."""

from collections.abc import Iterable

import numpy as np

from discovery.retrieval.bundle.selection import Selected
from discovery.retrieval.evidence import parts_of_relevance
from discovery.retrieval.found import Found
from discovery.retrieval.understanding.query import ParsedQuery


def browse(query: ParsedQuery, selected: Selected, kinds: Iterable[str]) -> Found:
    """All that is selected; `kinds` are those of evidence, of which popularity alone says something here.

    For a whole catalogue that takes less than half the time of gathering the evidence of every kind.
    """
    columns = selected.columns
    rows = np.arange(len(columns.years)) if selected.rows is None else np.flatnonzero(selected.rows)
    popularity = columns.popularity[rows].astype(np.float64)
    order = np.argsort(-popularity, kind="stable")  # rows ascend, and equals stay as they are
    parts = parts_of_relevance({"popularity": popularity[order]}, {"popularity": 1.0})
    unknown = np.full(len(rows), np.nan)
    return Found(
        query=query,
        keys=rows[order],
        relevance=parts["popularity"],
        parts={**dict.fromkeys(kinds, np.zeros(len(rows))), **parts},
        keyword_scores=unknown,
        similarities=unknown,
    )
