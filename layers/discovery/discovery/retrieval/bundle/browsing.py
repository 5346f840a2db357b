"""Browsing: a search without a query finds everything that passes its filters, popular first."""

from collections.abc import Iterable

import numpy as np

from discovery.catalogue.columns import Columns
from discovery.retrieval.bundle.selection import Selection, mask
from discovery.retrieval.evidence import parts_of_relevance
from discovery.retrieval.found import Found
from discovery.retrieval.understanding.query import ParsedQuery


def browse(columns: Columns, query: ParsedQuery, selected: Selection, kinds: Iterable[str]) -> Found:
    """All that is selected; `kinds` are those of evidence, of which popularity alone says something here."""
    allowed = mask(columns, selected)
    rows = np.arange(len(columns.years)) if allowed is None else np.flatnonzero(allowed)
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
