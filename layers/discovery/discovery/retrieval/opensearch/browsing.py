"""Browsing: all that passes filters, the popular first; of very many, the first are told of."""

from collections.abc import Sequence

import numpy as np

from discovery.opensearch import mapping as fields
from discovery.opensearch.engine import Answer, Body
from discovery.retrieval.fusion import by_popularity
from discovery.retrieval.opensearch.asking import Asking, Form
from discovery.retrieval.opensearch.filters import all_of
from discovery.retrieval.opensearch.found import EngineFound
from discovery.retrieval.opensearch.hits import Hits
from discovery.retrieval.opensearch.pool import Pool
from discovery.retrieval.ranking import Ranking
from discovery.retrieval.understanding.query import ParsedQuery

MOST_TOLD = 10_000
"""As many as OpenSearch gives of one search (`index.max_result_window`)."""
_BY_POPULARITY = [{fields.POPULARITY: "desc"}, {fields.ID: "asc"}]


def search(form: Form) -> Body:
    """A search for all that passes, and their number."""
    return form.search(all_of(form.passing), MOST_TOLD, sort=_BY_POPULARITY, track_total_hits=True)


def asking(form: Form) -> Asking:
    """Search for all that passes, where that is all that is asked for: nothing but its popularity speaks for it."""

    def read(found: Sequence[Hits], pool: Pool) -> Ranking:
        rows = pool.rows(found[0])
        return Ranking(rows, np.zeros(len(rows)), np.full(len(rows), np.nan))

    return Asking([search(form)], read)


def browsed(query: ParsedQuery, search: Body, answer: Answer, passing: Sequence[Body]) -> EngineFound:
    """What was found by browsing."""
    hits = Hits.of(search, answer)
    pool = Pool.of([hits], constrained=False)
    rows = pool.rows(hits)
    found = by_popularity(query, rows, pool.popularity[rows], partial=answer.missing)
    return EngineFound.of(found, pool.ids, matching=all_of(passing), more=max(0, answer.total - len(rows)))
