"""Queries with words that the catalogue lacks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from discovery.api.query_responses import Correction
from discovery.api.requests import Filters
from discovery.catalogue.bundle import Catalogue
from discovery.retrieval.bundle.index import BundleIndex
from discovery.retrieval.bundle.spelling import Speller
from discovery.settings.retrieval import RetrievalSettings


@pytest.fixture(scope="module")
def speller(catalogue: Catalogue) -> Speller:
    return Speller(catalogue)


@pytest.mark.parametrize(
    ("query", "meant"),
    [
        ("casablenca", "Casablanca"),
        ("finding nmeo", "Finding Nemo"),
        ("star wasr", "Star Wars"),
        ("Al Pacinno heist", "Al pacino heist"),
        ("leonardo dicapriio", "leonardo dicaprio"),
        ("ratatouile, quicly", "ratatouille, quicly"),
    ],
)
def test_only_unknown_words_are_replaced(speller: Speller, query: str, meant: str) -> None:
    assert speller.corrected(query) == meant


@pytest.mark.parametrize(
    "query",
    [
        "alien",
        "star w",
        "casab",  # the beginning of a title
        '"casablenca"',
        "title:casablenca",
        "casablenca -war",
        "qqqqqqqq",
        "1917",
        "",
        "日本語",
    ],
)
def test_what_is_known_unfinished_query_syntax_or_near_nothing_stays(speller: Speller, query: str) -> None:
    assert speller.corrected(query) == query


@given(st.text(max_size=60))
def test_no_query_is_an_error_and_a_corrected_one_stays(catalogue: Catalogue, query: str) -> None:
    speller = Speller(catalogue)
    once = speller.corrected(query)

    assert speller.corrected(once) == once


async def test_a_correction_is_told_and_searched(catalogue: Catalogue) -> None:
    index = BundleIndex(catalogue, RetrievalSettings())

    query = await index.understand("pacinno from the 90s")
    found = await index.find(query, Filters())

    assert query.parsed.corrected == Correction(typed="pacinno from the 90s", meant="pacino from the 90s")
    assert query.parsed.year_range == (1990, 1999)
    assert index.content_ids(found, 1) == ["heat-1995"]


async def test_a_correction_can_be_refused(catalogue: Catalogue) -> None:
    query = await BundleIndex(catalogue, RetrievalSettings()).understand("casablenca", correct=False)

    assert query.parsed.corrected is None
    assert query.query == "casablenca"
