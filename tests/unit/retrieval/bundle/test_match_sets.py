"""Queries with filters on the demo catalogue: every count against counting one by one what the query finds without.

The demo catalogue has directors, countries, languages and keywords of all its titles, more of them than facets tell.
"""

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from discovery.api.facet_responses import FacetCount, Facets
from discovery.api.requests import Filters
from discovery.catalogue.build.builder import build_bundle
from discovery.catalogue.build.source import parse_jsonl, read_lines
from discovery.catalogue.content import Content
from discovery.catalogue.title_key import name_key
from discovery.retrieval.bundle.index import BundleIndex
from discovery.retrieval.filters import NAMED
from discovery.search.disjunctive import disjunctive_facets
from discovery.settings.retrieval import RetrievalSettings
from tests import catalogues

DEMO = Path(__file__).parents[4] / "catalogue" / "demo.jsonl"
CONTENTS = tuple(parse_jsonl(number, line) for number, line in enumerate(read_lines(DEMO), 1))
CUT = {"directors", "keywords"}
"""The facets of which twenty values are told."""
QUERIES = (
    *("", "heist", "love", "time travel", "space", "war hero", "tom hanks", "serial killer", "korean", "the godfather"),
    *("90s comedies", "horror films", "like jaws", "musical", "coming of age", "nothing of the kind"),
)
FIFTY = settings(max_examples=50)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BundleIndex]:
    bundle = tmp_path_factory.mktemp("demo") / "bundle"
    build_bundle(CONTENTS, catalogues.model(), bundle)
    with catalogues.opened(bundle) as catalogue:
        yield BundleIndex(catalogue, RetrievalSettings(timeout_ms=60_000))


@st.composite
def filters_that_some_title_passes(draw: st.DrawFn) -> Filters:
    """Of a title's own names, beside others; in capitals too, since case says nothing."""
    content, other = draw(st.sampled_from(CONTENTS)), draw(st.sampled_from(CONTENTS))
    wanted = {}
    for attribute in draw(st.sets(st.sampled_from(NAMED), min_size=1, max_size=3)):
        names = [*getattr(content, attribute)[:1], *getattr(other, attribute)[:1]]
        wanted[attribute] = tuple(name.upper() if draw(st.booleans()) else name for name in names)
    years = draw(st.none() | st.just((1970, 1999)) | st.just((None, 2005)))
    return Filters(**wanted, year_range=years)


def keys(attribute: str, names: Sequence[str]) -> set[str]:
    return {name.casefold() if attribute in ("genres", "platforms") else name_key(name) for name in names}


def passes(content: Content, filters: Filters) -> bool:
    low, high = filters.year_range or (None, None)
    year = content.release_year
    return all(
        not getattr(filters, attribute)
        or keys(attribute, getattr(filters, attribute)) & keys(attribute, getattr(content, attribute))
        for attribute in NAMED
    ) and ((low, high) == (None, None) or (year is not None and (low or 0) <= year <= (high or 9999)))


def by_hand(rows: Sequence[int]) -> dict[str, Counter[str]]:
    """All counts of all facets, names by their keys."""
    contents = [CONTENTS[row] for row in rows]
    ratings = [min(int(content.average_rating), 9) for content in contents if content.average_rating is not None]
    return {
        **{name: Counter(key for one in contents for key in keys(name, getattr(one, name))) for name in NAMED},
        "years": Counter(f"{one.release_year // 10}0s" for one in contents if one.release_year is not None),
        "ratings": Counter(f"{rating}-{rating + 1}" for rating in ratings),
    }


def told(name: str, counts: Sequence[FacetCount]) -> dict[str, int]:
    """What a facet says, by the same keys."""
    return {keys(name, [one.value]).pop() if name in NAMED else one.value: one.count for one in counts}


def assert_counted(facets: Facets, rows: Sequence[int]) -> None:
    for name, counted in by_hand(rows).items():
        counts = told(name, getattr(facets, name))
        if name in CUT:
            assert list(counts.values()) == sorted(counted.values(), reverse=True)[:20], name
            assert counts.items() <= counted.items(), name
        else:
            assert counts == counted, name


async def search(index: BundleIndex, query: str, filters: Filters) -> tuple[list[int], Facets]:
    """The rows that are found, ascending, and their facets."""
    found = await index.find(await index.understand(query), filters)
    return sorted(found.keys.tolist()), await index.facets(found)


@FIFTY
@given(query=st.sampled_from(QUERIES), filters=filters_that_some_title_passes())
def test_total_and_facets_are_those_of_what_passes_of_all_that_is_found(
    index: BundleIndex, query: str, filters: Filters
) -> None:
    every, _ = asyncio.run(search(index, query, Filters()))
    some, facets = asyncio.run(search(index, query, filters))

    assert some == [row for row in every if passes(CONTENTS[row], filters)]
    assert_counted(facets, some)


@FIFTY
@given(query=st.sampled_from(QUERIES), filters=filters_that_some_title_passes())
def test_a_filter_raises_no_count(index: BundleIndex, query: str, filters: Filters) -> None:
    every, _ = asyncio.run(search(index, query, Filters()))
    _, facets = asyncio.run(search(index, query, filters))

    for name, counted in by_hand(every).items():
        assert all(count <= counted[key] for key, count in told(name, getattr(facets, name)).items()), name


@FIFTY
@given(query=st.sampled_from(QUERIES), filters=filters_that_some_title_passes())
def test_a_disjunctive_facet_is_exactly_that_of_a_second_search_without_the_filter(
    index: BundleIndex, query: str, filters: Filters
) -> None:
    async def both() -> tuple[dict[str, object], dict[str, object]]:
        counted = await disjunctive_facets(index, await index.understand(query), filters)
        searched = {}
        for name in NAMED:
            if getattr(filters, name):
                _, facets = await search(index, query, filters.model_copy(update={name: ()}))
                searched[name] = getattr(facets, name)
        if filters.year_range:
            _, facets = await search(index, query, filters.model_copy(update={"year_range": None}))
            searched["years"] = facets.years
        return {name: counts for name, counts in counted if counts is not None}, searched

    counted, searched = asyncio.run(both())

    assert counted == searched
