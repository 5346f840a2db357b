"""What a strategy asks of the engine, and makes of its answers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from discovery.opensearch import mapping as fields
from discovery.opensearch.engine import Body
from discovery.retrieval.opensearch.hits import PASSES, SCORE, Hits
from discovery.retrieval.opensearch.pool import Pool
from discovery.retrieval.ranking import Ranking

MOST_HITS = 5000
"""Of one search."""


@dataclass(frozen=True)
class Asking:
    """Searches, and how a ranking is read from what they find."""

    searches: Sequence[Body] = ()
    read: Callable[[Sequence[Hits], Pool], Ranking] = lambda _found, _pool: Ranking()
    attempts: int = 0
    """So many of the first searches may be refused: others stand in for them."""


@dataclass(frozen=True)
class Form:
    """What all searches of one query have in common."""

    passing: Sequence[Body] = ()
    """What candidates must satisfy. Hits tell whether they do; those that don't count for what the best of all is."""
    attributes: Sequence[str] = ()
    """Fields that are read of every candidate, besides its id and popularity."""

    def search(
        self, query: Body, size: int = MOST_HITS, *, numbers: Sequence[str] = (), read: Sequence[str] = (), **more: Any
    ) -> Body:
        """A search for the best candidates of a query, which `Hits` reads.

        `numbers`: fields of one number that each of them has; `read`: other fields besides the attributes.
        """
        besides = list(dict.fromkeys((*self.attributes, *read)))
        return {
            "query": self._telling(query),
            "size": size,
            "_source": False,
            "stored_fields": "_none_",
            "sort": [{SCORE: "desc"}, {fields.ID: "asc"}, *({name: "desc"} for name in (fields.POPULARITY, *numbers))],
            "track_total_hits": False,
            **({"docvalue_fields": besides} if besides else {}),
            **more,
        }

    def _telling(self, query: Body) -> Body:
        if not self.passing:
            return query
        passes = {"bool": {"filter": [*self.passing], "_name": PASSES}}
        return {"bool": {"must": [query], "should": [{"constant_score": {"filter": passes, "boost": 0}}]}}


def always(query: Body, boost: float) -> Body:
    """A query whose every hit has this score."""
    return {"constant_score": {"filter": query, "boost": boost}}


def any_of(queries: Sequence[Body]) -> Body:
    """What matches any of some queries, with the sum of their scores."""
    return {"bool": {"should": [*queries], "minimum_should_match": 1}}


def fuzzy(field: str, text: str, edits: int) -> Body:
    """What is within so many edits, a swap of two letters being one, with no limit to how many terms that are."""
    return {"fuzzy": {field: {"value": text, "fuzziness": edits, "rewrite": "constant_score", "max_expansions": 1024}}}
