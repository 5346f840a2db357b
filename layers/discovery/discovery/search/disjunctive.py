"""Disjunctive facets: what another value would find in place of the one that a search is filtered by."""

from discovery.api.facet_responses import DisjunctiveFacets, FacetCount
from discovery.api.requests import Filters
from discovery.retrieval.filters import NAMED, given
from discovery.retrieval.index import RetrievalIndex
from discovery.retrieval.understanding.query import ParsedQuery

_FACET_OF = {**{name: name for name in NAMED}, "year_range": "years", "rating_range": "ratings"}
"""The facet that counts what a filter filters by."""


async def disjunctive_facets(index: RetrievalIndex, query: ParsedQuery, filters: Filters) -> DisjunctiveFacets:
    """Each facet that is filtered by, over what the query finds under all filters but that one.

    It takes one more search of the index for each such filter.
    """
    counts: dict[str, tuple[FacetCount, ...]] = {}
    for name in given(filters):
        if (facet := _FACET_OF.get(name)) is not None:
            found = await index.find(query, filters.without(name))
            counts[facet] = getattr(await index.facets(found), facet)
    return DisjunctiveFacets(**counts)
