"""Disjunctive facets: what another value would find in place of the one that a search is filtered by."""

from discovery.api.requests import Filters
from discovery.api.responses import DisjunctiveFacets, FacetCount
from discovery.retrieval.bundle.index import BundleIndex
from discovery.retrieval.filters import constraints
from discovery.retrieval.understanding.query import ParsedQuery

_FACET_OF = {
    "genres": "genres",
    "platforms": "platforms",
    "directors": "directors",
    "countries": "countries",
    "languages": "languages",
    "keywords": "keywords",
    "year_range": "years",
    "rating_range": "ratings",
}
"""The facet that counts what a filter filters by."""


async def disjunctive_facets(index: BundleIndex, query: ParsedQuery, filters: Filters) -> DisjunctiveFacets:
    """Each facet that is filtered by, over what the query finds under all filters but that one.

    It takes one more search of the index for each such filter.
    """
    counts: dict[str, tuple[FacetCount, ...]] = {}
    for name, facet in _FACET_OF.items():
        others = filters.without(name)
        if constraints(others) != constraints(filters):
            found = await index.find(query, others)
            counts[facet] = getattr(await index.facets(found), facet)
    return DisjunctiveFacets(**counts)
