"""What every house of retrieval must do: a test class inherits from `IndexContract` and has a fixture `index`.

The index is one of `catalogues.CONTENTS`, with `catalogues.model()`. Scores are each house's own, so these tests ask
for what must be found, first or at all, and that what is told of it agrees with it.
"""

from collections import Counter
from collections.abc import Collection

import numpy as np
import pytest

from discovery.api.requests import Filters, Sort
from discovery.catalogue.content import Content, ContentRating
from discovery.retrieval.found import Found
from discovery.retrieval.index import RetrievalIndex
from tests.catalogues import CONTENTS

BY_ID = {content.id: content for content in CONTENTS}
ALL = Filters()
NOTHING = "zzqx vvkpl"
QUERIES = (
    *("", "heat", "godfather", "al pacino", "space", "shark", "horror films", "90s crime", "films like alien", "war"),
    *("dracula 1958", "romantic comedies", "paris", "children", "movies on netflix", NOTHING),
)
FILTERS = {
    "genre": Filters(genres=("Drama",)),
    "one of two genres, in capitals": Filters(genres=("HORROR", "WAR")),
    "platform": Filters(platforms=("netflix",)),
    "years": Filters(year_range=(1990, 2005)),
    "until a year": Filters(year_range=(None, 1960)),
    "ratings": Filters(rating_range=(8.0, 9.0)),
    "content rating": Filters(max_content_rating=ContentRating.PG_13),
    "director": Filters(directors=("alfonso cuaron",)),
    "country": Filters(countries=("United States",)),
    "language": Filters(languages=("english",)),
    "keyword": Filters(keywords=("parasite",)),
    "several": Filters(genres=("Drama", "Crime"), platforms=("Netflix", "Max"), year_range=(1990, None)),
    "unknown name": Filters(genres=("Opera",)),
}


async def find(index: RetrievalIndex, query: str, filters: Filters = ALL, *, correct: bool = True) -> Found:
    return await index.find(await index.understand(query, correct=correct), filters)


def ids(index: RetrievalIndex, found: Found) -> list[str]:
    return index.content_ids(found, len(found))


async def searched(index: RetrievalIndex, query: str, filters: Filters = ALL) -> list[str]:
    return ids(index, await find(index, query, filters))


def passes(content: Content, filters: Filters) -> bool:
    """What a filter means, told once more and plainly."""

    def is_one_of(had: Collection[str], wanted: Collection[str]) -> bool:
        plain = {name.casefold().replace("ó", "o") for name in had}
        return not wanted or any(name.casefold() in plain for name in wanted)

    def is_within(value: float | None, bounds: tuple[float | None, float | None] | None) -> bool:
        if not bounds:
            return True
        low, high = bounds
        return value is not None and (low is None or value >= low) and (high is None or value <= high)

    most = filters.max_content_rating
    return (
        all(
            is_one_of(getattr(content, name), getattr(filters, name))
            for name in ("genres", "platforms", "directors", "countries", "languages", "keywords")
        )
        and is_within(content.release_year, filters.year_range)
        and is_within(content.average_rating, filters.rating_range)
        and (not most or (content.content_rating is not None and content.content_rating.level <= most.level))
    )


class IndexContract:
    """The tests of the port."""

    @pytest.mark.parametrize(
        ("query", "first"),
        [
            ("Heat", "heat-1995"),
            ("the wire", "wire-2002"),
            ("godfather", "godfather-1972"),
            ("AMELIE", "amelie-2001"),
            ("wall-e", "wall-e-2008"),
            ("queens gambit", "queens-gambit-2020"),
            ("1917", "1917-2019"),
            ("titanik", "titanic-1997"),
            ("casblanca", "casablanca-1942"),
            ("ratatui", "ratatouille-2007"),
            ("ratat", "ratatouille-2007"),
            ("before sun", "before-sunrise-1995"),
            ("dracula", "dracula-1931"),
            ("dracula 1958", "dracula-1958"),
            ("2012", "2012-2009"),
        ],
    )
    async def test_a_title_is_found_first_however_it_is_spelled(
        self, index: RetrievalIndex, query: str, first: str
    ) -> None:
        found = await find(index, query)

        assert index.content_ids(found, 1) == [first]
        assert found.partial is None

    @pytest.mark.parametrize(
        ("query", "titles"),
        [
            ("al pacino", {"heat-1995", "godfather-1972"}),
            ("sandra bullock", {"gravity-2013"}),
            ("ridley scott", {"alien-1979"}),
        ],
    )
    async def test_a_persons_titles_come_before_all_others(
        self, index: RetrievalIndex, query: str, titles: set[str]
    ) -> None:
        assert set((await searched(index, query))[: len(titles)]) == titles

    async def test_words_of_an_overview_find_their_title(self, index: RetrievalIndex) -> None:
        assert (await searched(index, "jazz teacher"))[0] == "whiplash-2014"

    async def test_a_title_that_has_none_of_the_words_is_found_by_what_they_mean(self, index: RetrievalIndex) -> None:
        found = await find(index, "submarine")

        assert {"jaws-1975", "finding-nemo-2003"} <= set(ids(index, found))
        assert not np.isnan(found.similarities).all()
        assert np.isnan(found.keyword_scores).all()

    async def test_a_word_in_another_form_is_the_same_word(self, index: RetrievalIndex) -> None:
        assert "jaws-1975" in await searched(index, "sharks hunting")

    @pytest.mark.parametrize(
        ("query", "filters"),
        [
            ("horror films", Filters(genres=("Horror",))),
            ("90s comedies", Filters(genres=("Comedy",), year_range=(1990, 1999))),
            ("movies on netflix", Filters(platforms=("Netflix",))),
            ("films before 1960", Filters(year_range=(None, 1959))),
        ],
    )
    async def test_a_query_of_constraints_finds_all_that_satisfies_them(
        self, index: RetrievalIndex, query: str, filters: Filters
    ) -> None:
        expected = {content.id for content in CONTENTS if passes(content, filters)}

        assert set(await searched(index, query)) == expected

    async def test_what_is_like_a_title_is_without_that_title(self, index: RetrievalIndex) -> None:
        found = await find(index, "films like Alien")

        assert found.query.parsed.like is not None
        assert found.query.parsed.like.id == "alien-1979"
        assert len(found)
        assert "alien-1979" not in ids(index, found)

    async def test_what_was_misread_is_searched_as_plain_words(self, index: RetrievalIndex) -> None:
        found = await find(index, "horror movies on disney+")

        assert found.query.parsed.relaxed
        assert "dracula-1931" in ids(index, found)

    async def test_words_are_corrected_only_where_that_is_wanted(self, index: RetrievalIndex) -> None:
        corrected, typed = await index.understand("al pachino"), await index.understand("al pachino", correct=False)

        assert (corrected.query, corrected.typed) == ("al pacino", "al pachino")
        assert (typed.query, typed.parsed.corrected) == ("al pachino", None)

    @pytest.mark.parametrize("query", QUERIES)
    @pytest.mark.parametrize("filters", FILTERS.values(), ids=FILTERS)
    async def test_a_filter_only_takes_away(self, index: RetrievalIndex, query: str, filters: Filters) -> None:
        understood = await index.understand(query)
        unfiltered = await index.find(understood, ALL)
        filtered = await index.find(understood, filters)
        passing = [one for one in ids(index, unfiltered) if passes(BY_ID[one], filters)]

        assert set(ids(index, filtered)) == set(passing)
        assert await index.passing(unfiltered, filters) == len(passing)

    @pytest.mark.parametrize("query", QUERIES)
    async def test_relevance_falls_from_one_and_is_the_sum_of_its_parts(
        self, index: RetrievalIndex, query: str
    ) -> None:
        found = await find(index, query)

        sums = np.sum(list(found.parts.values()), axis=0) if len(found) else np.zeros(0)
        assert found.relevance == pytest.approx(sums)
        assert found.relevance.tolist() == sorted(found.relevance.tolist(), reverse=True)
        assert len(found) == len(set(ids(index, found)))
        assert found.relevance.max(initial=0.0) == (pytest.approx(1) if len(found) else 0)
        assert found.relevance.min(initial=0.0) >= 0

    async def test_without_a_query_everything_is_found_the_popular_first(self, index: RetrievalIndex) -> None:
        found = await find(index, "")
        contents = await index.contents(found, range(len(found)))

        popularity = [content.popularity_score or 0.0 for content in contents]
        assert {content.id for content in contents} == BY_ID.keys()
        assert popularity == sorted(popularity, reverse=True)

    @pytest.mark.parametrize("query", QUERIES)
    async def test_facets_count_the_whole_match_set(self, index: RetrievalIndex, query: str) -> None:
        found = await find(index, query)
        contents = [BY_ID[one] for one in ids(index, found)]

        facets = await index.facets(found)

        for name in ("genres", "platforms", "directors", "countries", "languages", "keywords"):
            counts = Counter(value for content in contents for value in getattr(content, name))
            assert {one.value: one.count for one in getattr(facets, name)} == counts
        years = Counter(f"{year // 10 * 10}s" for year in (of.release_year for of in contents) if year is not None)
        assert {one.value: one.count for one in facets.years} == years
        ratings = Counter(int(of.average_rating) for of in contents if of.average_rating is not None)
        assert {one.value: one.count for one in facets.ratings} == {f"{of}-{of + 1}": n for of, n in ratings.items()}

    @pytest.mark.parametrize(
        ("by", "attribute"),
        [
            (Sort.RATING, "average_rating"),
            (Sort.YEAR, "release_year"),
        ],
    )
    @pytest.mark.parametrize("descending", [True, False])
    async def test_what_was_found_is_sorted_and_the_unknown_is_last(
        self, index: RetrievalIndex, by: Sort, attribute: str, descending: bool
    ) -> None:
        found = await find(index, "")

        in_order = await index.sort(found, by, descending=descending)

        values = [getattr(BY_ID[one], attribute) for one in ids(index, in_order)]
        known = [value for value in values if value is not None]
        assert len(in_order) == len(found)
        assert values == [*sorted(known, reverse=descending), *[None] * (len(values) - len(known))]

    async def test_contents_come_in_the_order_of_their_places(self, index: RetrievalIndex) -> None:
        found = await find(index, "crime")
        order = ids(index, found)
        places = [*range(len(order))][::-1]

        contents = await index.contents(found, places)

        assert [content.id for content in contents] == order[::-1]
        assert contents == [BY_ID[one] for one in order[::-1]]
        assert await index.contents(found, []) == []
        assert index.content_ids(found, 2) == order[:2]

    async def test_what_can_not_be_searched_in_time_is_answered_in_part(self, index: RetrievalIndex) -> None:
        query = await index.understand("space shark")

        found = await index.find(query, ALL, timeout_ms=1e-6)

        assert found.partial == "deadline"
        assert not found.whole
        assert await index.facets(found)

    async def test_the_same_search_has_the_same_order(self, index: RetrievalIndex) -> None:
        assert await searched(index, "drama") == await searched(index, "drama")

    async def test_reasons_name_fields_words_meaning_and_what_was_understood(self, index: RetrievalIndex) -> None:
        found = await find(index, "horror films about a vampire")
        places = range(len(found))
        contents = await index.contents(found, places)

        reasons = dict(zip(ids(index, found), await index.reasons(found, places, contents), strict=True))

        assert {"overview: vampire", "genre: Horror"} <= set(reasons["dracula-1931"])
        by_meaning = {one for one, near in zip(reasons, ~np.isnan(found.similarities), strict=True) if near}
        assert {one for one, of in reasons.items() if "meaning" in of} == by_meaning

    async def test_highlights_are_where_the_words_are(self, index: RetrievalIndex) -> None:
        found = await find(index, "shark pacino")
        contents = await index.contents(found, range(len(found)))
        highlights = dict(zip(ids(index, found), await index.highlights(found, contents), strict=True))

        jaws, heat = BY_ID["jaws-1975"], BY_ID["heat-1995"]
        assert [jaws.overview[start:end] for start, end in highlights[jaws.id].overview] == ["shark"]
        assert [heat.cast[of.index][start:end] for of in highlights[heat.id].cast for start, end in of.spans] == [
            "Pacino"
        ]

    async def test_of_words_that_no_title_has_nothing_is_found_and_that_is_told(self, index: RetrievalIndex) -> None:
        found = await find(index, f"{NOTHING} shark")
        nothing = await find(index, NOTHING)

        assert len(nothing) == 0
        assert nothing.whole
        assert await index.words(found.query) == {"zzqx": False, "vvkpl": False, "shark": True}
        assert await index.contents(nothing, []) == []
        assert (await index.facets(nothing)).genres == ()

    async def test_other_queries_are_told_for_one_that_finds_nothing(self, index: RetrievalIndex) -> None:
        query = await index.understand("Finding Nimo", correct=False)

        alternatives = [alternative.query async for alternative in index.alternatives(query)]

        assert "Finding Nemo" in alternatives
        assert query.query not in alternatives

    @pytest.mark.parametrize(
        ("prefix", "kind", "text"),
        [
            ("ali", "title", "Alien"),
            ("godf", "title", "The Godfather"),
            ("al pa", "person", "Al Pacino"),
            ("pacino", "person", "Al Pacino"),
            ("sci", "genre", "Science Fiction"),
            ("paras", "keyword", "parasite"),
        ],
    )
    async def test_names_are_suggested_by_how_a_word_of_them_begins(
        self, index: RetrievalIndex, prefix: str, kind: str, text: str
    ) -> None:
        suggested = await index.suggest(prefix, 3)

        assert (kind, text) in [(one.kind, one.text) for one in suggested.suggestions]
        assert suggested.corrected is None

    async def test_a_prefix_that_nothing_begins_with_is_corrected(self, index: RetrievalIndex) -> None:
        suggested = await index.suggest("casab1", 3)

        assert suggested.corrected is not None
        assert [one.content_id for one in suggested.suggestions if one.kind == "title"] == ["casablanca-1942"]
