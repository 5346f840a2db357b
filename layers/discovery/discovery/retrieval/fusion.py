"""From the rankings of all strategies to what is found: the union of them, ordered by the sum of all evidence."""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from discovery.api.search_responses import PartialReason
from discovery.retrieval.evidence import parts_of_relevance, spread, sum_of_parts
from discovery.retrieval.found import Found
from discovery.retrieval.ranking import Ranking, descending, union
from discovery.retrieval.understanding.query import ParsedQuery

STRATEGIES = {
    "keyword": "keyword",
    "title": "title",
    "person": "person",
    "topic": "topic",
    "likeness": "likeness",
    "vector": "meaning",
}
"""What kind of evidence each strategy finds."""
KINDS = (*STRATEGIES.values(), "genre", "origin", "year", "popularity")
"""All kinds, in the order in which their parts are added up."""

Attributes = Callable[[NDArray[np.intp]], Mapping[str, NDArray[np.float64]]]
"""Evidence of some rows that finds nothing by itself, and tells apart what was found."""


def fused(
    query: ParsedQuery,
    rankings: Mapping[str, Ranking],
    attributes: Attributes,
    weights: Mapping[str, float],
    *,
    size: int,
    partial: PartialReason | None = None,
) -> Found:
    """All that any strategy found, of `size` rows that there are; keys are rows, and equals are in their order."""
    found = {name: rankings.get(name) or Ranking() for name in STRATEGIES}
    rows, at = union(found, size)
    evidence = {
        kind: spread(found[name].evidence, at[name], len(rows))
        for name, kind in STRATEGIES.items()
        if found[name].evidence.any()
    } | dict(attributes(rows))
    parts = parts_of_relevance(evidence, weights)
    relevance = sum_of_parts(parts)
    order = descending(relevance)  # rows ascend, so that equals are in the order of rows
    return Found(
        query=query,
        keys=rows[order],
        relevance=relevance[order],
        parts={
            **dict.fromkeys(KINDS, np.zeros(len(rows))),
            **{kind: values[order] for kind, values in parts.items()},
        },
        keyword_scores=spread(found["keyword"].scores, at["keyword"], len(rows), default=np.nan)[order],
        similarities=spread(found["vector"].scores, at["vector"], len(rows), default=np.nan)[order],
        partial=partial,
    )


def by_popularity(
    query: ParsedQuery,
    rows: NDArray[np.intp],
    popularity: NDArray[np.float64],
    *,
    partial: PartialReason | None = None,
) -> Found:
    """Rows in their order, as found by browsing: of all kinds of evidence, popularity alone says something."""
    parts = parts_of_relevance({"popularity": popularity}, {"popularity": 1.0})
    unknown = np.full(len(rows), np.nan)
    return Found(
        query=query,
        keys=rows,
        relevance=parts["popularity"],
        parts={**dict.fromkeys(KINDS, np.zeros(len(rows))), **parts},
        keyword_scores=unknown,
        similarities=unknown,
        partial=partial,
    )
