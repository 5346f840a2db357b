"""Other queries that may be meant by one that finds nothing."""

import pytest

from discovery.catalogue.bundle import Catalogue
from discovery.retrieval.bundle.index import BundleIndex
from discovery.retrieval.query_syntax import MAX_WORDS
from discovery.settings.retrieval import RetrievalSettings


async def alternatives(catalogue: Catalogue, query: str) -> list[tuple[str, str]]:
    index = BundleIndex(catalogue, RetrievalSettings())
    understood = await index.understand(query, correct=False)
    return [(one.query, one.why) async for one in index.alternatives(understood)]


@pytest.mark.parametrize(
    ("query", "alternative"),
    [
        ("Finding Nimo", ("Finding Nemo", "spelling")),
        ("wiplsh", ("Whiplash", "near_title")),
        ("sigorney", ("Sigourney Weaver", "near_name")),
        ("zzqx sigorny wever", ("sigourney weaver", "near_word")),
        ('"shark zzqx"', ("shark zzqx", "plain_words")),
        ("shark zzqx", ("shark", "fewer_words")),
        ("heist of the 90s", ("heist", "fewer_constraints")),
        ("shark patriarch detective", ("patriarch detective", "fewer_words")),
    ],
)
async def test_alternatives(query: str, alternative: tuple[str, str], catalogue: Catalogue) -> None:
    assert alternative in await alternatives(catalogue, query)


@pytest.mark.parametrize("query", ["zzqx", "zzqx vvkpl", "?", "\u6771\u4eac", "a" * 300, "q " * 200])
async def test_nonsense_has_none(query: str, catalogue: Catalogue) -> None:
    assert await alternatives(catalogue, query) == []


@pytest.mark.parametrize("query", ["casblanka", "zzqx shark", "HEIST zzqx of the 90s", '"Shark"'])
async def test_none_is_the_query_and_none_comes_twice(query: str, catalogue: Catalogue) -> None:
    queries = [query.casefold(), *(one.casefold() for one, _ in await alternatives(catalogue, query))]

    assert len(queries) > 1
    assert len(set(queries)) == len(queries)


async def test_words_are_known_where_a_text_has_them_and_only_the_first_are_looked_up(catalogue: Catalogue) -> None:
    index = BundleIndex(catalogue, RetrievalSettings())

    assert await index.words(await index.understand("sharks zzqx sharks")) == {"sharks": True, "zzqx": False}
    assert len(await index.words(await index.understand(" ".join(f"w{number}" for number in range(60))))) == MAX_WORDS
