"""The one door: what it finds, fused; and what it tells of that."""

import numpy as np
import pytest

from discovery.api.requests import Filters
from discovery.catalogue.bundle import Catalogue
from discovery.retrieval.bundle.index import BundleIndex
from discovery.retrieval.bundle.ranking import Ranking
from discovery.retrieval.found import Found
from discovery.settings import RetrievalSettings
from tests import catalogues

ALIEN, HEAT, LOST = (catalogues.row_of(one) for one in ("alien-1979", "heat-1995", "lost-reel"))


def ranking(*pairs: tuple[int, float]) -> Ranking:
    return Ranking(np.array([row for row, _ in pairs], dtype=np.intp), np.array([score for _, score in pairs]))


async def find(
    catalogue: Catalogue, keyword: Ranking, vector: Ranking, settings: RetrievalSettings | None = None
) -> tuple[BundleIndex, Found]:
    """What is found where the strategies answer with these rankings."""
    strategies = {"keyword": lambda *_: keyword, "vector": lambda *_: vector}
    index = BundleIndex(catalogue, settings or RetrievalSettings(), strategies=strategies)
    return index, await index.find(await index.understand("anything"), Filters())


async def test_three_lists_are_fused_with_the_weights_of_the_settings(catalogue: Catalogue) -> None:
    # Popularity's own list is Alien, Heat, as in the catalogue; the lost reel's popularity is not known.
    _, found = await find(catalogue, ranking((LOST, 7.5), (ALIEN, 3.5)), ranking((ALIEN, 0.8), (HEAT, 0.4)))

    scores = {
        ALIEN: 0.35 / 61 + 0.20 / 62 + 0.15 / 61,
        HEAT: 0.35 / 62 + 0.15 / 62,
        LOST: 0.20 / 61,
    }
    span = scores[ALIEN] - scores[LOST]
    assert found.keys.tolist() == [ALIEN, HEAT, LOST]
    assert found.relevance == pytest.approx([1, (scores[HEAT] - scores[LOST]) / span, 0])


async def test_a_candidate_keeps_each_strategys_score_and_nan_where_it_was_not_found(catalogue: Catalogue) -> None:
    _, found = await find(catalogue, ranking((LOST, 7.5), (ALIEN, 3.5)), ranking((ALIEN, 0.8), (HEAT, 0.4)))

    assert found.keyword_scores == pytest.approx([3.5, np.nan, 7.5], nan_ok=True)
    assert found.similarities == pytest.approx([0.8, 0.4, np.nan], nan_ok=True)


async def test_popularity_adds_no_candidate_that_nothing_found(catalogue: Catalogue) -> None:
    _, found = await find(catalogue, ranking((LOST, 1.0)), Ranking())

    assert (found.keys.tolist(), found.relevance.tolist()) == ([LOST], [1.0])


async def test_a_weight_of_zero_silences_a_strategy(catalogue: Catalogue) -> None:
    settings = RetrievalSettings(vector_weight=0, popularity_weight=0)

    _, found = await find(catalogue, ranking((HEAT, 2.0), (ALIEN, 1.0)), ranking((ALIEN, 0.9), (HEAT, 0.8)), settings)

    assert found.keys.tolist() == [HEAT, ALIEN]


async def test_nothing_found_is_no_candidate(catalogue: Catalogue) -> None:
    index, found = await find(catalogue, Ranking(), Ranking())

    assert len(found) == 0
    assert index.content_ids(found, 100) == []
    assert await index.contents(found, []) == []
    assert (await index.facets(found)).genres == ()


async def test_contents_reasons_and_ids_are_those_of_the_places_asked_for(catalogue: Catalogue) -> None:
    index = BundleIndex(catalogue, RetrievalSettings())
    found = await index.find(await index.understand("shark"), Filters())

    contents = await index.contents(found, [1, 0])
    reasons = await index.reasons(found, [1, 0], contents)

    assert [content.id for content in contents] == index.content_ids(found, 2)[::-1]
    assert contents[1].id == "jaws-1975"
    assert reasons[1] == ("overview: shark", "meaning")


async def test_what_was_understood_and_leaves_nothing_is_searched_as_plain_words(catalogue: Catalogue) -> None:
    index = BundleIndex(catalogue, RetrievalSettings())

    found = await index.find(await index.understand("alien from 1803"), Filters())

    assert found.query.parsed.relaxed
    assert "alien-1979" in index.content_ids(found, len(found))


async def test_an_empty_result_of_an_incomplete_search_is_no_reason_to_relax_the_query(catalogue: Catalogue) -> None:
    strategies = {"keyword": lambda *_: Ranking(), "vector": lambda *_: ranking((ALIEN, 0.8))}
    ticks = iter([0.0, 2.1])  # the deadline is set, and then has passed once keyword search is done
    index = BundleIndex(catalogue, RetrievalSettings(), strategies=strategies, clock=lambda: next(ticks))

    found = await index.find(await index.understand("horror films"), Filters())

    assert len(found) == 0
    assert not found.query.parsed.relaxed
