"""The one door: what it finds, fused; and what it tells of that."""

import asyncio
from collections import Counter
from functools import partial, reduce
from operator import add
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from discovery.api.facet_responses import Facets
from discovery.api.requests import Filters
from discovery.catalogue.build.builder import build_bundle
from discovery.catalogue.bundle import Catalogue
from discovery.catalogue.content import Content
from discovery.retrieval.bundle.index import BundleIndex
from discovery.retrieval.bundle.selection import Selected
from discovery.retrieval.bundle.strategies import Strategy
from discovery.retrieval.found import Found
from discovery.retrieval.ranking import Ranking
from discovery.retrieval.understanding.query import ParsedQuery
from discovery.settings.retrieval import RetrievalSettings
from tests import catalogues

ALIEN, HEAT, LOST = (catalogues.row_of(one) for one in ("alien-1979", "heat-1995", "lost-reel"))


SETTINGS = RetrievalSettings(
    keyword_weight=2,
    vector_weight=1,
    title_weight=4,
    person_weight=1,
    topic_weight=0,
    likeness_weight=0,
    genre_weight=0,
    year_weight=1,
    popularity_weight=1,
)


def ranking(*triples: tuple[int, float, float]) -> Ranking:
    """Rows, their evidence, and their scores."""
    rows, evidence, scores = zip(*triples, strict=True) if triples else ((), (), ())
    return Ranking(np.array(rows, dtype=np.intp), np.array(evidence, dtype=float), np.array(scores, dtype=float))


def _answer(ranking: Ranking, _query: ParsedQuery, _selected: Selected) -> Ranking:
    return ranking


async def find(catalogue: Catalogue, query: str = "anything", **found: Ranking) -> tuple[BundleIndex, Found]:
    """What is found where the strategies answer with these rankings."""
    names = ("keyword", "title", "person", "topic", "likeness", "vector")
    strategies: dict[str, Strategy] = {name: partial(_answer, found.get(name, Ranking())) for name in names}
    index = BundleIndex(catalogue, SETTINGS, strategies=strategies)
    return index, await index.find(await index.understand(query), Filters())


async def test_relevance_is_the_weighted_sum_of_the_evidence(catalogue: Catalogue) -> None:
    _, found = await find(
        catalogue,
        keyword=ranking((LOST, 1.0, 7.5), (ALIEN, 0.5, 3.5)),
        vector=ranking((ALIEN, 1.0, 0.8), (HEAT, 0.25, 0.4)),
        title=ranking((HEAT, 0.5, np.nan)),
    )

    popularity = {row: catalogues.CONTENTS[row].popularity_score or 0 for row in (ALIEN, HEAT, LOST)}
    sums = {
        ALIEN: 2 * 0.5 + 1.0 + popularity[ALIEN],
        HEAT: 4 * 0.5 + 0.25 + popularity[HEAT],
        LOST: 2 * 1.0 + popularity[LOST],
    }
    expected = {row: value / max(sums.values()) for row, value in sums.items()}
    assert found.keys.tolist() == sorted(expected, key=lambda row: -expected[row])
    assert found.relevance == pytest.approx(sorted(expected.values(), reverse=True))


async def test_the_parts_add_up_to_relevance_exactly(catalogue: Catalogue) -> None:
    index = BundleIndex(catalogue, RetrievalSettings())
    found = await index.find(await index.understand("al pacino heist drama 1995"), Filters())

    assert len(found) > 1
    for place in range(len(found)):
        # `sum` corrects for rounding, which nobody else does who adds them up.
        assert reduce(add, (float(part[place]) for part in found.parts.values())) == found.relevance[place]


async def test_a_candidate_keeps_each_strategys_score_and_nan_where_it_was_not_found(catalogue: Catalogue) -> None:
    _, found = await find(
        catalogue,
        keyword=ranking((LOST, 1.0, 7.5), (ALIEN, 0.5, 3.5)),
        vector=ranking((ALIEN, 1.0, 0.8), (HEAT, 0.25, 0.4)),
    )

    by_row = dict(zip(found.keys.tolist(), zip(found.keyword_scores, found.similarities, strict=True), strict=True))
    assert by_row[ALIEN] == (3.5, 0.8)
    assert by_row[HEAT] == pytest.approx((np.nan, 0.4), nan_ok=True)
    assert by_row[LOST] == pytest.approx((7.5, np.nan), nan_ok=True)


async def test_popularity_year_and_genre_add_no_candidate_that_nothing_found(catalogue: Catalogue) -> None:
    _, found = await find(catalogue, "horror 1979", keyword=ranking((LOST, 1.0, 1.0)))

    assert found.keys.tolist() == [LOST]


async def test_a_year_at_the_end_speaks_for_what_is_of_that_year(catalogue: Catalogue) -> None:
    every = ranking((ALIEN, 1.0, 1.0), (HEAT, 1.0, 1.0))

    _, found = await find(catalogue, "something 1995", keyword=every)

    assert found.keys[0] == HEAT
    assert found.parts["year"][0] > found.parts["year"][1] == 0


async def test_a_genre_in_the_words_speaks_for_what_has_it(catalogue: Catalogue) -> None:
    index = BundleIndex(catalogue, RetrievalSettings(genre_weight=1, keyword_weight=0, popularity_weight=0))

    found = await index.find(await index.understand("pacino crime"), Filters())

    assert found.parts["genre"].max() > 0
    assert all("Crime" in content.genres for content in await index.contents(found, [0]))


async def test_nothing_found_is_no_candidate(catalogue: Catalogue) -> None:
    index, found = await find(catalogue)

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
    strategies = {"keyword": lambda *_: Ranking(), "vector": lambda *_: ranking((ALIEN, 1.0, 0.8))}
    ticks = iter([0.0, 2.1])  # the deadline is set, and then has passed once keyword search is done
    index = BundleIndex(catalogue, RetrievalSettings(), strategies=strategies, clock=lambda: next(ticks))

    found = await index.find(await index.understand("horror films"), Filters())

    assert len(found) == 0
    assert not found.query.parsed.relaxed


QUERIES = [
    "alien",
    "love war",
    "al pacino",
    "horror films",
    "90s comedies",
    "like jaws",
    "star w",
    "family music",
    "drama 1995",
]
FILTERS = st.builds(
    Filters,
    genres=st.sets(st.sampled_from(["Horror", "Drama", "Comedy", "Nonsense"]), max_size=2).map(tuple),
    platforms=st.sets(st.sampled_from(["Netflix", "Max"]), max_size=1).map(tuple),
    year_range=st.none() | st.tuples(st.integers(1930, 1980), st.integers(1981, 2024)),
    rating_range=st.none() | st.tuples(st.floats(0, 7), st.floats(7.1, 10)),
)


@given(query=st.sampled_from(QUERIES), filters=FILTERS)
def test_a_filter_takes_away_what_does_not_pass_and_adds_nothing(
    catalogue: Catalogue, query: str, filters: Filters
) -> None:
    """Against the filter by brute force, over what is found without it."""
    index = BundleIndex(catalogue, RetrievalSettings())

    async def found(wanted: Filters) -> tuple[list[int], Facets]:
        result = await index.find(await index.understand(query), wanted)
        return sorted(result.keys.tolist()), await index.facets(result)

    every, _ = asyncio.run(found(Filters()))
    some, facets = asyncio.run(found(filters))

    assert some == [row for row in every if passes(catalogues.CONTENTS[row], filters)]
    genres = Counter(genre for row in some for genre in catalogues.CONTENTS[row].genres)
    assert {facet.value: facet.count for facet in facets.genres} == genres


@given(filters=FILTERS)
def test_without_a_query_all_that_passes_is_found_popular_first(catalogue: Catalogue, filters: Filters) -> None:
    """Against sorting by brute force."""
    index = BundleIndex(catalogue, RetrievalSettings())

    async def browse() -> tuple[Found, Facets]:
        found = await index.find(await index.understand(""), filters)
        return found, await index.facets(found)

    found, facets = asyncio.run(browse())

    passing = [row for row, content in enumerate(catalogues.CONTENTS) if passes(content, filters)]
    assert found.keys.tolist() == sorted(passing, key=lambda row: (-popularity(row), row))
    greatest = max(map(popularity, passing), default=0) or 1
    assert found.relevance == pytest.approx([popularity(row) / greatest for row in found.keys])
    assert reduce(add, found.parts.values()).tolist() == found.relevance.tolist()
    genres = Counter(genre for row in passing for genre in catalogues.CONTENTS[row].genres)
    assert {facet.value: facet.count for facet in facets.genres} == genres


def popularity(row: int) -> float:
    return catalogues.CONTENTS[row].popularity_score or 0.0


async def test_an_empty_query_asks_no_strategy_and_explains_all_kinds_of_evidence(catalogue: Catalogue) -> None:
    _, found = await find(catalogue, "", keyword=ranking((LOST, 1.0, 7.5)))
    _, searched = await find(catalogue, "anything", keyword=ranking((LOST, 1.0, 7.5)))

    assert len(found) == len(catalogues.CONTENTS)
    assert found.parts.keys() == searched.parts.keys()
    assert np.isnan(found.keyword_scores).all()
    assert np.isnan(found.similarities).all()


async def test_an_empty_query_is_not_the_title_that_has_no_words(tmp_path: Path) -> None:
    contents = [Content(id="mark", title="?!"), Content(id="heat", title="Heat", popularity_score=0.5)]
    build_bundle(contents, catalogues.model(), tmp_path / "bundle")

    with catalogues.opened(tmp_path / "bundle") as opened:
        index = BundleIndex(opened, RetrievalSettings())
        found = await index.find(await index.understand(""), Filters())

    assert not found.query.named
    assert index.content_ids(found, 2) == ["heat", "mark"]


def passes(content: Content, filters: Filters) -> bool:
    low, high = filters.year_range or (None, None)
    least, most = filters.rating_range or (None, None)
    return (
        (not filters.genres or bool(set(filters.genres) & set(content.genres)))
        and (not filters.platforms or bool(set(filters.platforms) & set(content.platforms)))
        and (low is None or high is None or low <= (content.release_year or 0) <= high)
        and (least is None or most is None or least <= (content.average_rating or -1) <= most)
    )
