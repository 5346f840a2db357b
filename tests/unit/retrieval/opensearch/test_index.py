"""The index over OpenSearch where that answers with nothing, or not at all."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from discovery.api.requests import Filters, Sort
from discovery.errors import IndexUnavailable
from discovery.opensearch.about import About
from discovery.opensearch.engine import Body
from discovery.retrieval.bundle.index import BundleIndex
from discovery.retrieval.opensearch.browsing import MOST_TOLD
from discovery.retrieval.opensearch.index import OpenSearchIndex
from discovery.settings.retrieval import RetrievalSettings
from tests import catalogues
from tests.unit.retrieval.opensearch.engines import Client, engine_of, hit

ABOUT = About(
    version="v1",
    count=2,
    model=catalogues.MODEL_NAME,
    dimensions=16,
    genres=("Horror", "War"),
    platforms=("Netflix",),
    built_at=datetime(2026, 1, 1, tzinfo=UTC),
    names="titles-names",
)


def index_of(client: Client) -> OpenSearchIndex:
    return OpenSearchIndex(engine_of(client), ABOUT, "titles", catalogues.model(), RetrievalSettings())


def popular(search: Body) -> dict[str, Any]:
    if search.get("size") != MOST_TOLD:
        return {"hits": {"total": {"value": 0}}}
    hits = [hit(one, popularity=score) | {"matched_queries": ["passes"]} for one, score in (("b", 0.8), ("a", 0.4))]
    return {"hits": {"hits": hits, "total": {"value": 50_000}}}


@pytest.mark.parametrize("query", ["space shark", "", "films like alien"])
async def test_where_nothing_answers_nothing_is_found_and_that_is_told(query: str) -> None:
    index = index_of(Client(None))

    found = await index.find(await index.understand(query), Filters())

    assert (len(found), found.partial) == (0, "unavailable")
    assert (await index.facets(found)).genres == ()
    assert len(await index.sort(found, Sort.YEAR, descending=True)) == 0


async def test_where_nothing_answers_a_query_is_read_by_its_words_alone() -> None:
    understood = await index_of(Client(None)).understand("horror movies on netflix")

    assert (understood.parsed.genres, understood.parsed.platforms) == (("Horror",), ("Netflix",))


async def test_a_search_that_is_refused_makes_the_rest_partial() -> None:
    def respond(search: Body) -> dict[str, Any]:
        if "knn" in search["query"]:
            return {"status": 429, "error": {"type": "rejected_execution_exception"}}
        return {"hits": {"total": {"value": 1}, "hits": [hit("a", 60_000.0)] if "min_score" in search else []}}

    index = index_of(Client(respond))
    found = await index.find(await index.understand("shark"), Filters())

    assert (index.content_ids(found, 5), found.partial) == (["a"], "overloaded")


async def test_query_syntax_that_is_refused_leaves_nothing_out() -> None:
    def respond(search: Body) -> dict[str, Any]:
        if "query_string" in search["query"]:
            return {"status": 400, "error": {"type": "search_phase_execution_exception"}}
        return {"hits": {"total": {"value": 1}, "hits": [hit("a", 60_000.0)] if "min_score" in search else []}}

    index = index_of(Client(respond))
    found = await index.find(await index.understand('shark "'), Filters())

    assert (index.content_ids(found, 5), found.partial) == (["a"], None)


@pytest.mark.parametrize(
    ("query", "filters"), [("", Filters()), ("", Filters(genres=("War",))), ("war films", Filters())]
)
async def test_of_very_many_the_first_are_told_of_and_all_are_counted(query: str, filters: Filters) -> None:
    index = index_of(Client(popular))

    found = await index.find(await index.understand(query), filters)

    assert set(index.content_ids(found, 10)) <= {"a", "b"}
    assert found.total == 50_000


async def test_contents_and_facets_of_a_page_are_one_request() -> None:
    def respond(search: Body) -> dict[str, Any]:
        if "aggs" in search:
            return {"aggregations": {"genres": {"buckets": [{"key": "War", "doc_count": 2}]}}}
        if "terms" in str(search["query"]):
            return {"hits": {"hits": [{"_source": {"content": {"id": "a", "title": "Heat"}}}]}}
        return popular(search)

    client = Client(respond)
    index = index_of(client)
    found = await index.find(await index.understand(""), Filters())
    before = len(client.requests)

    facets, (content,) = await asyncio.gather(index.facets(found), index.contents(found, [1]))

    assert (facets.genres[0].value, content.title) == ("War", "Heat")
    assert [len(request) for request in client.requests[before:]] == [2]


async def test_a_title_that_was_deleted_since_it_was_found_is_no_answer() -> None:
    index = index_of(Client(popular))
    found = await index.find(await index.understand(""), Filters())

    with pytest.raises(IndexUnavailable, match="failed"):
        await index.contents(found, [0])


async def test_counts_of_a_part_of_an_index_are_no_answer() -> None:
    def respond(search: Body) -> dict[str, Any]:
        counts = search.get("size") == 0 or "aggs" in search
        return popular(search) | ({"timed_out": True, "hits": {"total": {"value": 3}}} if counts else {})

    index = index_of(Client(respond))
    found = await index.find(await index.understand(""), Filters())

    with pytest.raises(IndexUnavailable, match="deadline"):
        await index.facets(found)
    with pytest.raises(IndexUnavailable, match="deadline"):
        await index.passing(found, Filters(genres=("War",)))


async def test_a_found_of_another_index_is_refused(catalogue: Any) -> None:
    bundle = BundleIndex(catalogue, RetrievalSettings())
    found = await bundle.find(await bundle.understand("heat"), Filters())

    with pytest.raises(TypeError):
        index_of(Client(popular)).content_ids(found, 1)
