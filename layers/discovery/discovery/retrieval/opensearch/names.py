"""Evidence by whole names in a query, of which it is known beforehand which the catalogue has."""

from collections.abc import Callable, Sequence

import numpy as np

from discovery.retrieval.names import Names
from discovery.retrieval.opensearch.asking import Asking, Form, always, any_of
from discovery.retrieval.opensearch.hits import Hits
from discovery.retrieval.opensearch.pool import Pool
from discovery.retrieval.ranking import Ranking


def asking(names: Names, query: str, is_known: Callable[[str], bool], form: Form) -> Asking:
    """Search for the titles that have names of a query, by the share of its words that these are."""
    found = names.found_in(query, is_known)
    if not found:
        return Asking()
    having = any_of([always({"term": {names.field: name}}, length) for name, length in found.items()])

    def read(found: Sequence[Hits], pool: Pool) -> Ranking:
        (hits,) = found
        return Ranking(pool.rows(hits), np.minimum(hits.scores / names.words(query), 1.0))

    return Asking([form.search(having)], read)
