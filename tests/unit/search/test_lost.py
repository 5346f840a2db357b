"""An index on other machines may answer one question and then no other: a search goes on without, and says why."""

from collections.abc import AsyncIterator, Sequence

import pytest

from discovery.api.auth import ANONYMOUS
from discovery.api.facet_responses import Facets
from discovery.api.requests import Filters, SearchRequest, Sort
from discovery.api.search_responses import Retrieval, SearchResponse
from discovery.catalogue.bundle import Catalogue
from discovery.catalogue.content import Content
from discovery.errors import IndexUnavailable
from discovery.retrieval.bundle.index import BundleIndex
from discovery.retrieval.found import Found
from discovery.retrieval.index import Alternative
from discovery.retrieval.understanding.query import ParsedQuery
from discovery.settings.retrieval import RetrievalSettings
from discovery.settings.settings import Settings
from tests.services import search_service

NOTHING_OF_IT = "zzqx vvkpl"


class Losing(BundleIndex):
    """An index that finds, and gives no answer to one of the questions after that."""

    def __init__(self, catalogue: Catalogue, question: str) -> None:
        super().__init__(catalogue, RetrievalSettings(timeout_ms=60_000))
        self._question = question

    def _ask(self, question: str) -> None:
        if question == self._question:
            raise IndexUnavailable("overloaded")

    async def facets(self, found: Found) -> Facets:
        self._ask("facets")
        return await super().facets(found)

    async def sort(self, found: Found, by: Sort, *, descending: bool) -> Found:
        self._ask("sort")
        return await super().sort(found, by, descending=descending)

    async def contents(self, found: Found, places: Sequence[int]) -> list[Content]:
        self._ask("contents")
        return await super().contents(found, places)

    async def words(self, query: ParsedQuery) -> dict[str, bool]:
        self._ask("words")
        return await super().words(query)

    async def alternatives(self, query: ParsedQuery) -> AsyncIterator[Alternative]:
        self._ask("alternatives")
        async for alternative in super().alternatives(query):
            yield alternative


async def searched(catalogue: Catalogue, request: SearchRequest, *, without: str) -> SearchResponse:
    service = search_service(catalogue, Settings(), index=Losing(catalogue, without))
    return (await service.editions.current().pipeline.search(request, ANONYMOUS)).response


@pytest.mark.parametrize("question", ["facets", "sort", "contents"])
async def test_what_is_lost_makes_an_answer_partial_and_no_error(question: str, catalogue: Catalogue) -> None:
    request = SearchRequest(query="space", sort=Sort.YEAR)

    whole = await searched(catalogue, request, without="nothing")
    response = await searched(catalogue, request, without=question)

    assert whole.retrieval == Retrieval(status="complete")
    assert response.retrieval == Retrieval(status="partial", reason="overloaded")
    assert response.total_count == whole.total_count
    assert (response.facets.genres == ()) is (question == "facets")
    assert (response.results == ()) is (question == "contents")
    assert {one.content.id for one in response.results} <= {one.content.id for one in whole.results}


async def test_without_facets_there_are_no_disjunctive_ones_either(catalogue: Catalogue) -> None:
    filters = Filters(genres=("Drama",))
    request = SearchRequest(query="love", filters=filters, disjunctive_facets=True)

    assert (await searched(catalogue, request, without="nothing")).disjunctive_facets is not None
    assert (await searched(catalogue, request, without="facets")).disjunctive_facets is None


@pytest.mark.parametrize("question", ["words", "alternatives"])
async def test_why_nothing_was_found_is_told_as_far_as_it_is_known(question: str, catalogue: Catalogue) -> None:
    response = await searched(catalogue, SearchRequest(query=NOTHING_OF_IT), without=question)

    assert response.nothing_found is not None
    assert not response.nothing_found.complete
    assert response.nothing_found.suggestions == ()
