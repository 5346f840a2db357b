"""Counts over what was found."""

from discovery.names import Frozen


class FacetCount(Frozen):
    """A facet's value and how many candidates have it."""

    value: str
    count: int


class Facets(Frozen):
    """Counts over all candidates, before paging; the most frequent first, years and ratings in order.

    Of directors and keywords there are the 20 most frequent at most.
    """

    genres: tuple[FacetCount, ...]
    platforms: tuple[FacetCount, ...]
    years: tuple[FacetCount, ...]
    """By decade: "1990s"."""
    ratings: tuple[FacetCount, ...]
    """By whole point of the average rating: "7-8" is [7, 8)."""
    directors: tuple[FacetCount, ...] = ()
    countries: tuple[FacetCount, ...] = ()
    languages: tuple[FacetCount, ...] = ()
    keywords: tuple[FacetCount, ...] = ()


class DisjunctiveFacets(Frozen):
    """Each facet that the request filters by, counted without that filter; null for those that it does not filter by.

    The counts are those of the same search with that filter left out and all others kept. What was understood in the
    query stays.
    """

    genres: tuple[FacetCount, ...] | None = None
    platforms: tuple[FacetCount, ...] | None = None
    years: tuple[FacetCount, ...] | None = None
    ratings: tuple[FacetCount, ...] | None = None
    directors: tuple[FacetCount, ...] | None = None
    countries: tuple[FacetCount, ...] | None = None
    languages: tuple[FacetCount, ...] | None = None
    keywords: tuple[FacetCount, ...] | None = None
