"""The use case over a real catalogue, with fakes where it would reach a network."""

from collections.abc import AsyncIterator

import pytest

from discovery.api.auth import ANONYMOUS, Caller
from discovery.api.requests import Filters, SearchRequest
from discovery.api.search_responses import Retrieval, SearchResponse
from discovery.catalogue.bundle import Catalogue
from discovery.settings.personalization import PersonalizationSettings
from discovery.settings.retrieval import RetrievalSettings
from discovery.settings.settings import Settings
from tests.catalogues import CONTENTS
from tests.conftest import Counted
from tests.fakes import FakeSona
from tests.services import search_service

ANA = Caller("ana")
LAST_FIRST = {content.id: place / len(CONTENTS) for place, content in enumerate(CONTENTS)}
BROAD = "space sea crime love food war fear games family music"


class Searches:
    """A pipeline among fakes."""

    def __init__(self, catalogue: Catalogue, *, window: int = 100, retrieval_ms: float = 60_000) -> None:
        settings = Settings(
            personalization=PersonalizationSettings(window=window, timeout_ms=5_000),
            retrieval=RetrievalSettings(timeout_ms=retrieval_ms),
        )
        service = search_service(catalogue, settings, sona=FakeSona({"ana": LAST_FIRST}))
        self._pipeline = service.editions.current().pipeline

    async def search(self, request: SearchRequest, caller: Caller) -> SearchResponse:
        return (await self._pipeline.search(request, caller)).response


def ids(response: SearchResponse) -> list[str]:
    return [result.content.id for result in response.results]


async def pages(searches: Searches, caller: Caller, page_size: int) -> AsyncIterator[SearchResponse]:
    for page in range(1, 100):
        request = SearchRequest(query=BROAD, page=page, page_size=page_size)
        response = await searches.search(request, caller)
        yield response
        if not response.results:
            return


async def test_a_search_finds_counts_and_says_what_it_understood(catalogue: Catalogue) -> None:
    response = await Searches(catalogue).search(SearchRequest(query="Horror films of the 70s with an alien"), ANONYMOUS)

    assert ids(response)[0] == "alien-1979"
    assert response.query_parsed.genres == ("Horror",)
    assert response.query_parsed.year_range == (1970, 1979)
    assert response.total_count == len(response.results) == sum(facet.count for facet in response.facets.years)
    assert response.results[0].match_reasons
    assert response.search_time_ms > 0


async def test_a_search_that_searched_everything_says_so(catalogue: Catalogue) -> None:
    response = await Searches(catalogue).search(SearchRequest(query="alien"), ANONYMOUS)

    assert response.retrieval == Retrieval(status="complete", reason=None)


async def test_a_search_whose_time_was_over_says_that_it_is_partial(catalogue: Catalogue) -> None:
    response = await Searches(catalogue, retrieval_ms=1e-6).search(SearchRequest(query="alien"), ANONYMOUS)

    assert response.results
    assert response.retrieval == Retrieval(status="partial", reason="deadline")


@pytest.mark.parametrize("caller", [ANONYMOUS, ANA], ids=["anonymous", "signed in"])
async def test_pages_neither_repeat_nor_skip(caller: Caller, catalogue: Catalogue) -> None:
    searches = Searches(catalogue, window=7)
    whole = await searches.search(SearchRequest(query=BROAD, page_size=100), caller)

    walked = [page async for page in pages(searches, caller, page_size=4)]

    assert [content_id for page in walked for content_id in ids(page)] == ids(whole)
    assert len(set(ids(whole))) == len(ids(whole)) == whole.total_count > 7
    assert {page.total_count for page in walked} == {whole.total_count}
    assert ids(walked[-1]) == []


async def test_what_is_beyond_the_window_keeps_its_order(catalogue: Catalogue) -> None:
    request = SearchRequest(query=BROAD, page_size=100, explain=True)
    before = ids(await Searches(catalogue).search(request, ANONYMOUS))

    personalized = await Searches(catalogue, window=5).search(request, ANA)

    assert sorted(ids(personalized)[:5]) == sorted(before[:5])
    assert ids(personalized)[:5] != before[:5]
    assert ids(personalized)[5:] == before[5:]
    explained = [result.explanation for result in personalized.results]
    assert [item.reranked for item in explained if item] == [True] * 5 + [False] * (len(before) - 5)
    assert [item.rank_after for item in explained if item] == list(range(1, len(before) + 1))


async def test_without_explain_there_are_no_explanations(catalogue: Catalogue) -> None:
    response = await Searches(catalogue).search(SearchRequest(query=BROAD), ANA)

    assert {result.explanation for result in response.results} == {None}


async def test_personalizing_changes_the_order_and_nothing_else(catalogue: Catalogue) -> None:
    searches = Searches(catalogue)
    request = SearchRequest(query=BROAD, page_size=100)
    anonymous, personalized = await searches.search(request, ANONYMOUS), await searches.search(request, ANA)

    assert ids(anonymous) != ids(personalized)
    assert sorted(ids(anonymous)) == sorted(ids(personalized))
    assert anonymous.facets == personalized.facets
    assert {result.content.id: result.relevance_score for result in anonymous.results} == {
        result.content.id: result.relevance_score for result in personalized.results
    }


async def test_filters_that_leave_nothing_give_an_empty_answer(catalogue: Catalogue) -> None:
    request = SearchRequest(query="alien", filters=Filters(year_range=(1800, 1801)))

    response = await Searches(catalogue).search(request, ANA)

    assert (response.results, response.total_count) == ((), 0)
    assert (response.personalization.status, response.personalization.reason) == ("skipped", "no_candidates")


async def test_a_reading_of_the_query_that_leaves_nothing_is_dropped(catalogue: Catalogue) -> None:
    response = await Searches(catalogue).search(SearchRequest(query="alien from 1803"), ANONYMOUS)

    assert response.query_parsed.relaxed
    assert "alien-1979" in ids(response)


async def test_like_a_title_finds_its_kind_without_the_title_itself(catalogue: Catalogue) -> None:
    response = await Searches(catalogue).search(SearchRequest(query="something like Jaws"), ANONYMOUS)

    assert response.query_parsed.like is not None
    assert response.query_parsed.like.id == "jaws-1975"
    assert "finding-nemo-2003" in ids(response)
    assert "jaws-1975" not in ids(response)


async def test_each_search_has_an_id_of_its_own(catalogue: Catalogue) -> None:
    searches = Searches(catalogue)

    assert len({(await searches.search(SearchRequest(query="alien"), ANONYMOUS)).search_id for _ in range(3)}) == 3


async def test_a_search_measures_itself(catalogue: Catalogue, counted: Counted) -> None:
    await Searches(catalogue).search(SearchRequest(query="alien"), ANONYMOUS)

    assert counted()["PersonalizationSkipped"] == 1


async def test_results_come_in_the_order_of_their_score(catalogue: Catalogue) -> None:
    response = await Searches(catalogue).search(SearchRequest(query=BROAD, page_size=100, explain=True), ANA)

    scores = [result.score for result in response.results]
    assert scores == sorted(scores, reverse=True)
    assert scores == [result.explanation.final for result in response.results if result.explanation]


async def test_without_a_blend_the_score_is_the_relevance(catalogue: Catalogue) -> None:
    response = await Searches(catalogue).search(SearchRequest(query=BROAD), ANONYMOUS)

    assert all(result.score == result.relevance_score for result in response.results)
