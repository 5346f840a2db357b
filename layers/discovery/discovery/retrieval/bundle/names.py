"""Evidence by whole names in a query, looked up in Tantivy."""

from functools import partial

from tantivy import Query

from discovery.catalogue.keyword_index import KeywordIndex
from discovery.retrieval.bundle.selection import Mask
from discovery.retrieval.names import Names
from discovery.retrieval.ranking import Ranking


def found_in(index: KeywordIndex, names: Names, query: str) -> dict[str, int]:
    """The names of an index in a query, and of how many words each is; of names that overlap, the longer one."""
    return names.found_in(query, partial(index.holds, names.field))


def retrieve(index: KeywordIndex, names: Names, query: str, allowed: Mask | None) -> Ranking:
    """The titles that have names of a query, by the share of its words that these are."""
    words = names.words(query)
    evidence: dict[int, float] = {}
    for name, length in found_in(index, names, query).items():
        rows, _ = index.rows(Query.term_query(index.index.schema, names.field, name))
        for row in rows.tolist():
            evidence[row] = evidence.get(row, 0.0) + length / words
    return Ranking.by_evidence({row: min(strength, 1.0) for row, strength in evidence.items()}, allowed)
