"""The port of retrieval: what a search needs of an index, whichever house keeps it.

`retrieval/bundle` keeps one in files beside the code. A house has a folder of its own, passes the tests of
`tests/unit/retrieval/index_contract.py`, and is chosen in `composition`; nothing else knows which one it is.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from discovery.api.facet_responses import Facets
from discovery.api.nothing_found import Why
from discovery.api.requests import Filters, Sort
from discovery.api.search_responses import Highlights
from discovery.catalogue.content import Content
from discovery.catalogue.suggestions import Suggestion
from discovery.retrieval.found import Found
from discovery.retrieval.understanding.query import ParsedQuery


@dataclass(frozen=True)
class Alternative:
    """Another query, and how it came about."""

    query: str
    why: Why


@dataclass(frozen=True)
class Suggested:
    """What is suggested for a prefix."""

    suggestions: Sequence[Suggestion]
    """By kind, in the order of `KINDS`; the best of each first."""
    corrected: str | None = None
    """The prefix that was meant, where nothing begins with the one that was typed."""


class RetrievalIndex(Protocol):
    """Finds candidates in one catalogue, and tells of those that it found.

    What may ask another machine is awaited, and may raise `IndexUnavailable` where that gives no answer; `understand`
    and `find` never do. A `Found` goes back only to the index that it came from.
    """

    @property
    def version(self) -> str:
        """Names what is searched: under the same name, the same titles in the same order."""
        ...

    async def understand(self, query: str, *, correct: bool = True) -> ParsedQuery:
        """Read what is wanted into a query, against the catalogue's titles, genres and platforms.

        `correct`: whether words that the catalogue lacks are taken for others that it has.
        """
        ...

    async def find(self, query: ParsedQuery, filters: Filters, *, timeout_ms: float | None = None) -> Found:
        """The match set of a query, best first, among what passes the filters; of an empty query, all of that.

        A filter only takes away. What can't be found in time is missing, and `Found.partial` says why.
        `timeout_ms`: another deadline than that of the settings.

        Raises:
            Exception: an index in this process is broken, and nothing at all could be searched.
        """
        ...

    async def passing(self, found: Found, filters: Filters) -> int:
        """How many of what was found pass filters."""
        ...

    async def sort(self, found: Found, by: Sort, *, descending: bool) -> Found:
        """What was found, by an attribute; unknown values last, and equals in the order of relevance."""
        ...

    async def facets(self, found: Found) -> Facets:
        """Counts over the whole match set."""
        ...

    def content_ids(self, found: Found, first: int) -> list[str]:
        """The content ids of the first candidates, in their order."""
        ...

    async def contents(self, found: Found, places: Sequence[int]) -> list[Content]:
        """The contents of candidates, by their places in `found`."""
        ...

    async def reasons(self, found: Found, places: Sequence[int], contents: Sequence[Content]) -> list[tuple[str, ...]]:
        """Why each of these candidates was found; `contents` are theirs."""
        ...

    async def highlights(self, found: Found, contents: Sequence[Content]) -> list[Highlights]:
        """Where the words of the query are in these contents."""
        ...

    async def words(self, query: ParsedQuery) -> dict[str, bool]:
        """The words of a query that keyword search looks for, and whether the catalogue has them."""
        ...

    def alternatives(self, query: ParsedQuery) -> AsyncIterator[Alternative]:
        """Other queries that may be meant by one that finds nothing, the likeliest first."""
        ...

    async def suggest(self, prefix: str, limit: int) -> Suggested:
        """At most so many names of each kind that begin so; those of a corrected prefix where there are none."""
        ...
