"""What is said of a search that finds nothing, over a real catalogue."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from discovery.api.nothing_found import (
    CorrectionTried,
    FilterTried,
    NothingFound,
    RelaxedTried,
    UncorrectedTried,
    WordsTried,
    WordTried,
)
from discovery.api.requests import Filters, SearchRequest
from discovery.catalogue.bundle import Catalogue
from discovery.catalogue.content import ContentRating
from discovery.retrieval.bundle.index import BundleIndex
from discovery.retrieval.bundle.strategies import Strategy
from discovery.retrieval.found import Found
from discovery.retrieval.index import Alternative
from discovery.retrieval.ranking import Ranking
from discovery.retrieval.understanding.query import ParsedQuery
from discovery.search.why_nothing import MOST_SEARCHES, MOST_SUGGESTIONS, WhyNothing
from discovery.settings.retrieval import RetrievalSettings
from tests.clock import StandingClock
from tests.conftest import Counted

NOTHING_OF_IT = ("zzqx vvkpl", "wwwqq")


class Counting(BundleIndex):
    """An index that counts its searches, and has as many alternatives as are wanted."""

    def __init__(self, catalogue: Catalogue, *alternatives: str, **options: Any) -> None:
        super().__init__(catalogue, RetrievalSettings(), **options)
        self.searches = 0
        self._made_up = alternatives

    async def find(self, query: ParsedQuery, filters: Filters, *, timeout_ms: float | None = None) -> Found:
        self.searches += 1
        return await super().find(query, filters, timeout_ms=timeout_ms)

    async def alternatives(self, query: ParsedQuery) -> AsyncIterator[Alternative]:
        if not self._made_up:
            async for alternative in super().alternatives(query):
                yield alternative
        for other in self._made_up:
            yield Alternative(other, "near_word")


async def told(index: BundleIndex, request: SearchRequest, **options: Any) -> NothingFound | None:
    """What is said of a request that has just found nothing."""
    query = await index.understand(request.query, correct=request.correct)
    found = await index.find(query, request.filters)
    assert len(found) == 0
    elapsed_ms = options.pop("elapsed_ms", 0.0)
    return await WhyNothing(index, **{"timeout_ms": 60_000} | options).tell(
        request, query, found, elapsed_ms=elapsed_ms
    )


async def search(catalogue: Catalogue, query: str, *, correct: bool = True, **filters: Any) -> NothingFound:
    answer = await told(
        BundleIndex(catalogue, RetrievalSettings()),
        SearchRequest(query=query, correct=correct, filters=Filters(**filters)),
    )
    assert answer is not None
    return answer


def counts(answer: NothingFound) -> dict[str, int]:
    return {tried.without: tried.total_count for tried in answer.tried if isinstance(tried, FilterTried)}


def suggested(answer: NothingFound) -> list[tuple[str, str]]:
    return [(suggestion.query, suggestion.why) for suggestion in answer.suggestions]


async def test_unknown_words_are_named_and_nothing_is_made_up(catalogue: Catalogue) -> None:
    answer = await search(catalogue, "zzqx vvkpl")

    words = WordsTried(words=(WordTried(word="zzqx", known=False), WordTried(word="vvkpl", known=False)))
    assert answer.tried == (words, UncorrectedTried(words=("zzqx", "vvkpl"), because="nothing_near"))
    assert (answer.complete, answer.suggestions) == (True, ())


@pytest.mark.parametrize(
    ("query", "correct", "because"),
    [("titanicc", False, "switched_off"), ('"zzqx vvkpl"', True, "query_syntax")],
)
async def test_why_unknown_words_stayed(query: str, correct: bool, because: str, catalogue: Catalogue) -> None:
    answer = await search(catalogue, query, correct=correct, genres=["War"])

    assert [tried.because for tried in answer.tried if isinstance(tried, UncorrectedTried)] == [because]


async def test_a_correction_that_was_applied_is_told(catalogue: Catalogue) -> None:
    answer = await search(catalogue, "titanicc", genres=["War"])

    assert CorrectionTried(typed="titanicc", meant="Titanic") in answer.tried


async def test_constraints_that_were_dropped_are_told(catalogue: Catalogue) -> None:
    answer = await search(catalogue, "zzqx 1800s")

    assert RelaxedTried(genres=(), platforms=(), year_range=(1800, 1809)) in answer.tried


async def test_each_filter_says_what_there_would_be_without_it(catalogue: Catalogue) -> None:
    index = BundleIndex(catalogue, RetrievalSettings())
    filters: dict[str, Any] = {"genres": ("Romance",), "year_range": (1970, 1980), "rating_range": (8, None)}
    shark = await index.understand("shark")

    answer = await search(catalogue, "shark", **filters)

    expected = {
        name: len(await index.find(shark, Filters(**{other: filters[other] for other in filters if other != name})))
        for name in filters
    }
    expected["filters"] = len(await index.find(shark, Filters()))
    expected["query"] = len(await index.find(await index.understand(""), Filters(**filters)))
    assert counts(answer) == expected
    assert expected["genres"] > 0 == expected["year_range"]


async def test_one_filter_is_not_counted_twice(catalogue: Catalogue) -> None:
    assert counts(await search(catalogue, "alien", genres=["Romance"])).keys() == {"genres", "query"}


async def test_bounds_that_are_none_are_no_filter(catalogue: Catalogue) -> None:
    answer = await search(catalogue, "zzqx", year_range=(None, None), rating_range=(None, None))

    assert counts(answer) == {}


async def test_where_there_is_nothing_without_filters_none_is_blamed(catalogue: Catalogue) -> None:
    answer = await search(catalogue, "zzqx", genres=["Drama"], max_content_rating=ContentRating.R)

    assert counts(answer).keys() == {"filters", "query"}
    assert counts(answer)["filters"] == 0


async def test_filters_that_nothing_passes_get_no_suggestions(catalogue: Catalogue) -> None:
    answer = await search(catalogue, "titanicc", correct=False, genres=["Nonsense"])

    assert (counts(answer)["query"], answer.suggestions) == (0, ())


async def test_browsing_tells_of_filters_alone(catalogue: Catalogue) -> None:
    answer = await search(catalogue, "", genres=["Horror"], max_content_rating=ContentRating.G)

    assert counts(answer).keys() == {"genres", "max_content_rating", "filters"}
    assert [type(tried) for tried in answer.tried] == [FilterTried] * 3
    assert answer.suggestions == ()


async def test_where_corrections_are_off_the_corrected_query_is_suggested(catalogue: Catalogue) -> None:
    answer = await search(catalogue, "pacinno", correct=False)

    assert suggested(answer)[0] == ("pacino", "spelling")


async def test_a_title_two_edits_away_is_suggested(catalogue: Catalogue) -> None:
    answer = await search(catalogue, "wiplsh")

    assert suggested(answer)[0] == ("Whiplash", "near_title")


async def test_only_what_passes_the_filters_is_suggested(catalogue: Catalogue) -> None:
    answer = await search(catalogue, "wiplsh", genres=["Horror"])

    assert ("Whiplash", "near_title") not in suggested(answer)


WORDS = st.sampled_from(["wiplsh", "titnc", "zzqx", "shark", "drculla", "pacno", "70s", "comedies", "netflx", "heist"])
FILTERS = st.builds(
    Filters,
    genres=st.sets(st.sampled_from(["Horror", "Drama", "Comedy", "Nonsense"]), max_size=1).map(tuple),
    platforms=st.sets(st.sampled_from(["Netflix", "Max"]), max_size=1).map(tuple),
    year_range=st.none() | st.tuples(st.integers(1930, 1980), st.integers(1981, 2024)),
)


@given(words=st.lists(WORDS, min_size=1, max_size=3), filters=FILTERS, correct=st.booleans())
def test_every_suggestion_finds_as_much_as_it_says_under_the_same_filters(
    catalogue: Catalogue, words: list[str], filters: Filters, correct: bool
) -> None:
    index = BundleIndex(catalogue, RetrievalSettings())
    request = SearchRequest(query=" ".join(words), filters=filters, correct=correct)

    async def found(query: str) -> int:
        return len(await index.find(await index.understand(query, correct=correct), filters))

    async def suggestions_and_what_they_find() -> list[tuple[int, int]]:
        answer = await told(index, request)
        assert answer is not None
        assert len(answer.suggestions) <= MOST_SUGGESTIONS
        return [(one.total_count, await found(one.query)) for one in answer.suggestions]

    assume(asyncio.run(found(request.query)) == 0)
    for said, actual in asyncio.run(suggestions_and_what_they_find()):
        assert said == actual > 0


async def test_the_first_suggestions_are_enough(catalogue: Catalogue) -> None:
    index = Counting(catalogue, "alien", "heat", "jaws", "shark", "titanic", "gravity", "dracula")

    answer = await told(index, SearchRequest(query="zzqx"))

    assert answer is not None
    assert [suggestion.query for suggestion in answer.suggestions] == ["alien", "heat", "jaws", "shark", "titanic"]


async def test_it_searches_a_few_times_only(catalogue: Catalogue) -> None:
    index = Counting(catalogue, *(f"qqq{letter}x" for letter in "abcdefghijkl"))

    answer = await told(index, SearchRequest(query="zzqx", filters=Filters(genres=("Drama",))))

    assert answer is not None
    assert answer.suggestions == ()
    assert index.searches == 1 + MOST_SEARCHES


async def test_it_stops_at_the_deadline_of_the_search(catalogue: Catalogue) -> None:
    clock = StandingClock()

    class Slow(Counting):
        async def find(self, query: ParsedQuery, filters: Filters, *, timeout_ms: float | None = None) -> Found:
            clock.now += 0.4
            return await super().find(query, filters, timeout_ms=timeout_ms)

    index = Slow(catalogue, "alien", "heat", "jaws")

    answer = await told(index, SearchRequest(query="zzqx"), timeout_ms=1000, elapsed_ms=300, clock=clock)

    assert answer is not None
    assert [suggestion.query for suggestion in answer.suggestions] == ["alien", "heat"]


async def test_where_a_part_of_retrieval_failed_it_is_said_and_no_more_is_searched(catalogue: Catalogue) -> None:
    def broken(*_: Any) -> Ranking:
        raise RuntimeError("broken")

    strategies: dict[str, Strategy] = {"keyword": broken, "vector": lambda *_: Ranking()}
    index = Counting(catalogue, "alien", strategies=strategies)

    answer = await told(index, SearchRequest(query="zzqx", filters=Filters(genres=("Drama",))))

    assert answer is not None
    assert (answer.complete, answer.suggestions, counts(answer), index.searches) == (False, (), {}, 1)


async def test_where_it_fails_nothing_is_said_and_the_defect_is_counted(catalogue: Catalogue, counted: Counted) -> None:
    class Broken(Counting):
        async def words(self, query: ParsedQuery) -> dict[str, bool]:
            raise RuntimeError(query.query)

    assert await told(Broken(catalogue), SearchRequest(query="zzqx")) is None
    assert counted()["NothingFoundFailed"] == 1
