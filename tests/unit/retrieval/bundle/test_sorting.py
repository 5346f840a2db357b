"""Sorting what was found by an attribute."""

import asyncio
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from discovery.api.requests import Filters, Sort
from discovery.catalogue.build.builder import build_bundle
from discovery.catalogue.bundle import Catalogue
from discovery.catalogue.content import Content
from discovery.catalogue.title_key import title_key
from discovery.retrieval.bundle.index import BundleIndex
from discovery.retrieval.found import Found
from discovery.settings.retrieval import RetrievalSettings
from tests import catalogues

QUERIES = ("", "space sea crime love food war fear games family music", "horror films", "like jaws", "xyzzyqqq")


async def search(catalogue: Catalogue, query: str) -> tuple[BundleIndex, Found]:
    index = BundleIndex(catalogue, RetrievalSettings())
    return index, await index.find(await index.understand(query), Filters())


def value(found: Found, place: int, by: Sort) -> Any:
    content = catalogues.CONTENTS[found.keys[place]]
    values = {
        Sort.RELEVANCE: float(found.relevance[place]),
        Sort.POPULARITY: content.popularity_score or 0.0,
        Sort.RATING: content.average_rating,
        Sort.YEAR: content.release_year,
        Sort.TITLE: title_key(content.title),
    }
    return values[by]


@given(query=st.sampled_from(QUERIES), by=st.sampled_from(Sort), descending=st.booleans())
def test_the_order_is_that_of_the_attribute_with_unknown_ones_last_and_equals_as_they_were(
    catalogue: Catalogue, query: str, by: Sort, *, descending: bool
) -> None:
    """Against sorting by brute force."""

    async def both() -> tuple[Found, Found]:
        index, found = await search(catalogue, query)
        return found, await index.sort(found, by, descending=descending)

    found, in_order = asyncio.run(both())

    values = [value(found, place, by) for place in range(len(found))]
    known = [place for place in range(len(found)) if values[place] is not None]
    unknown = [place for place in range(len(found)) if values[place] is None]
    places = sorted(known, key=values.__getitem__, reverse=descending) + unknown
    assert in_order.keys.tolist() == found.keys[places].tolist()
    assert in_order.relevance.tolist() == found.relevance[places].tolist()


async def test_everything_that_is_known_of_a_candidate_moves_with_it(catalogue: Catalogue) -> None:
    index, found = await search(catalogue, "alien shark")

    in_order = await index.sort(found, Sort.TITLE, descending=False)

    places = [found.keys.tolist().index(row) for row in in_order.keys]
    assert places != sorted(places)
    assert np.array_equal(in_order.keyword_scores, found.keyword_scores[places], equal_nan=True)
    assert np.array_equal(in_order.similarities, found.similarities[places], equal_nan=True)
    assert all(np.array_equal(part, found.parts[kind][places]) for kind, part in in_order.parts.items())
    assert in_order.query is found.query


@pytest.mark.parametrize("descending", [True, False])
async def test_a_year_of_0_and_a_rating_of_0_are_known(tmp_path: Path, *, descending: bool) -> None:
    contents = [
        Content(id="unknown", title="A", popularity_score=1),
        Content(id="zero", title="B", release_year=0, average_rating=0),
        Content(id="some", title="C", release_year=1999, average_rating=5),
    ]
    build_bundle(contents, catalogues.model(), tmp_path / "bundle")

    with catalogues.opened(tmp_path / "bundle") as opened:
        index, found = await search(opened, "")
        orders = [
            index.content_ids(await index.sort(found, by, descending=descending), 3) for by in (Sort.YEAR, Sort.RATING)
        ]

    known = ["some", "zero"] if descending else ["zero", "some"]
    assert orders == [[*known, "unknown"]] * 2
