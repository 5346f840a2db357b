"""Which rows of a bundle satisfy constraints."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from discovery.api.requests import Filters
from discovery.catalogue.bundle import Catalogue
from discovery.catalogue.columns import Columns
from discovery.catalogue.content import Content, ContentRating
from discovery.retrieval.bundle.selection import Selection, mask, selection
from discovery.retrieval.filters import NAMED, Constraints, constraints
from tests import catalogues


def passing(catalogue: Catalogue, filters: Filters) -> set[str]:
    allowed = mask(catalogue.columns, selection(constraints(filters), catalogue))
    assert allowed is not None
    return set(catalogues.ids_of(np.flatnonzero(allowed).tolist()))


def test_no_filter_is_no_mask(catalogue: Catalogue) -> None:
    assert mask(catalogue.columns, Selection()) is None


def test_any_one_of_the_genres_is_enough(catalogue: Catalogue) -> None:
    assert passing(catalogue, Filters(genres=("War", "Music"))) == {"casablanca-1942", "1917-2019", "whiplash-2014"}


def test_any_one_of_the_platforms_is_enough(catalogue: Catalogue) -> None:
    found = passing(catalogue, Filters(platforms=("Max", "Netflix")))

    assert {"alien-1979", "heat-1995"} <= found
    assert not found & {"titanic-1997", "big-night-1996", "lost-reel"}


def test_genre_and_platform_must_both_hold(catalogue: Catalogue) -> None:
    assert passing(catalogue, Filters(genres=("Romance",), platforms=("Max",))) == {"amelie-2001", "casablanca-1942"}


def test_directors_countries_languages_and_keywords_are_filters(catalogue: Catalogue) -> None:
    assert passing(catalogue, Filters(directors=("ridley scott", "Sam Mendes"))) == {"alien-1979", "1917-2019"}
    assert passing(catalogue, Filters(countries=("United States",))) == {"gravity-2013", "jaws-1975"}
    assert passing(catalogue, Filters(languages=("French",), genres=("War",))) == {"1917-2019"}
    assert passing(catalogue, Filters(keywords=("Parasite",))) == {"alien-1979", "jaws-1975"}


def test_names_of_people_match_whatever_their_accents_and_punctuation(catalogue: Catalogue) -> None:
    assert passing(catalogue, Filters(directors=("Alfonso Cuaron",))) == {"gravity-2013"}
    assert passing(catalogue, Filters(directors=("jean pierre jeunet",))) == {"amelie-2001"}
    assert passing(catalogue, Filters(countries=("The United Kingdom",))) == {"alien-1979", "gravity-2013"}
    assert passing(catalogue, Filters(directors=("Alfonso",))) == set()


def test_names_match_whatever_their_case(catalogue: Catalogue) -> None:
    assert passing(catalogue, Filters(genres=("wAR",), platforms=("NETFLIX",))) == {"1917-2019"}


def test_an_unknown_name_beside_a_known_one_changes_nothing(catalogue: Catalogue) -> None:
    assert passing(catalogue, Filters(genres=("Music", "Western"))) == {"whiplash-2014"}


@pytest.mark.parametrize("filters", [Filters(genres=("Western",)), Filters(platforms=("Betamax",))])
def test_a_filter_of_nothing_but_unknown_names_passes_nothing(catalogue: Catalogue, filters: Filters) -> None:
    assert passing(catalogue, filters) == set()


@pytest.mark.parametrize(
    ("years", "expected"),
    [
        ((None, 1942), {"dracula-1931", "casablanca-1942"}),
        ((2018, None), {"1917-2019", "queens-gambit-2020", "bluey-2018"}),
        ((1995, 1996), {"heat-1995", "before-sunrise-1995", "big-night-1996"}),
        ((1931, 1931), {"dracula-1931"}),
        ((None, 1930), set()),
    ],
)
def test_years_are_inclusive_and_an_unknown_year_never_passes(
    catalogue: Catalogue, years: tuple[int | None, int | None], expected: set[str]
) -> None:
    assert passing(catalogue, Filters(year_range=years)) == expected


def test_an_unknown_year_does_not_pass_the_widest_range(catalogue: Catalogue) -> None:
    assert len(passing(catalogue, Filters(year_range=(0, 9999)))) == 25


@pytest.mark.parametrize(
    ("ratings", "expected"),
    [
        ((9.2, None), {"godfather-1972", "wire-2002", "bluey-2018"}),
        ((None, 6.5), {"2012-2009", "evil-dead-2013"}),
        ((8.6, 8.6), {"star-wars-1977"}),
    ],
)
def test_ratings_are_inclusive(
    catalogue: Catalogue, ratings: tuple[float | None, float | None], expected: set[str]
) -> None:
    assert passing(catalogue, Filters(rating_range=ratings)) == expected


def test_the_least_year_and_rating_pass_a_range_open_below_and_the_unknown_do_not() -> None:
    contents = [
        Content(id="0", title="T", release_year=0, average_rating=0.0),
        Content(id="1", title="T", release_year=1, average_rating=0.5),
        Content(id="2", title="T"),
    ]
    columns = Columns.of(contents, [], [])

    found = [mask(columns, selected) for selected in (Selection(years=(None, 1)), Selection(ratings=(None, 0.5)))]

    assert [allowed.tolist() for allowed in found if allowed is not None] == [[True, True, False]] * 2


def test_an_unknown_rating_does_not_pass_the_widest_range(catalogue: Catalogue) -> None:
    found = passing(catalogue, Filters(rating_range=(0, 10)))

    assert len(found) == 24
    assert not found & {"lost-reel", "untold-1950"}


@pytest.mark.parametrize(
    ("most", "passes", "stays_out"),
    [
        (ContentRating.TV_Y, {"wall-e-2008", "bluey-2018"}, {"jaws-1975"}),
        (ContentRating.PG, {"wall-e-2008", "jaws-1975"}, {"gravity-2013"}),
        (ContentRating.TV_14, {"gravity-2013"}, {"heat-1995", "wire-2002"}),
        (ContentRating.R, {"heat-1995", "wire-2002"}, {"evil-dead-2013"}),
        (ContentRating.NC_17, {"evil-dead-2013"}, set()),
    ],
)
def test_a_film_rating_and_a_series_rating_of_one_level_are_equals_and_the_unrated_never_pass(
    catalogue: Catalogue, most: ContentRating, passes: set[str], stays_out: set[str]
) -> None:
    found = passing(catalogue, Filters(max_content_rating=most))

    assert passes <= found
    assert not found & (stays_out | {"dracula-1931", "lost-reel"})


def test_a_selection_holds_the_names_places_in_the_vocabulary(catalogue: Catalogue) -> None:
    genres = catalogue.manifest.genres

    selected = selection(constraints(Filters(genres=("war", "HORROR", "Western"))), catalogue)

    assert selected.genres == (frozenset({genres.index("War"), genres.index("Horror")}),)


def test_ranges_that_do_not_meet_pass_nothing(catalogue: Catalogue) -> None:
    apart = Selection(years=(2000, None)) & Selection(years=(None, 1979))

    allowed = mask(catalogue.columns, apart)

    assert allowed is not None
    assert not allowed.any()


NAMES = [*sorted({name for content in catalogues.CONTENTS for name in content.genres}), "dRAMA", "WAR", "Western", "ß"]
PLENTY = {
    attribute: [*sorted({name for content in catalogues.CONTENTS for name in getattr(content, attribute)}), "Nobody"]
    for attribute in ("directors", "countries", "languages", "keywords")
}
SHOPS = [*sorted({name for content in catalogues.CONTENTS for name in content.platforms}), "MAX", "Betamax"]


def ranges[T: (int, float)](values: st.SearchStrategy[T]) -> st.SearchStrategy[tuple[T | None, T | None] | None]:
    """Open at either end, at both, or closed and running upwards."""
    closed = st.tuples(values, values).map(lambda pair: (min(pair), max(pair)))
    opened = st.tuples(values, st.none()) | st.tuples(st.none(), values) | st.tuples(st.none(), st.none())
    return st.none() | closed | opened


FILTERS = st.builds(
    Filters,
    genres=st.lists(st.sampled_from(NAMES), max_size=3).map(tuple),
    platforms=st.lists(st.sampled_from(SHOPS), max_size=3).map(tuple),
    **{
        attribute: st.just(()) | st.lists(st.sampled_from([*names, names[0].upper()]), max_size=3).map(tuple)
        for attribute, names in PLENTY.items()
    },
    year_range=ranges(st.integers(1925, 2025) | st.integers(0, 9999)),
    rating_range=ranges(st.sampled_from([0.0, 6.5, 8.1, 8.6, 9.2, 10.0]) | st.floats(0, 10)),
    max_content_rating=st.none() | st.sampled_from(ContentRating),
)


def is_between(value: float | None, bounds: tuple[float | None, float | None] | None) -> bool:
    low, high = bounds or (None, None)
    if low is None and high is None:
        return True
    return value is not None and (low is None or low <= value) and (high is None or value <= high)


def is_wanted(content: Content, filters: Filters) -> bool:
    """What the filters say, one content at a time."""
    for attribute in NAMED:
        wanted, own = getattr(filters, attribute), getattr(content, attribute)
        if wanted and not {name.casefold() for name in wanted} & {name.casefold() for name in own}:
            return False
    most = filters.max_content_rating
    if most is not None and (content.content_rating is None or content.content_rating.level > most.level):
        return False
    return is_between(content.release_year, filters.year_range) and is_between(
        content.average_rating, filters.rating_range
    )


def selected(catalogue: Catalogue, wanted: Constraints[str]) -> set[str]:
    allowed = mask(catalogue.columns, selection(wanted, catalogue))
    rows = range(catalogue.size) if allowed is None else np.flatnonzero(allowed).tolist()
    return set(catalogues.ids_of(rows))


@given(FILTERS)
def test_the_rows_that_pass_are_those_of_which_every_filter_holds(catalogue: Catalogue, filters: Filters) -> None:
    one_by_one = {content.id for content in catalogues.CONTENTS if is_wanted(content, filters)}

    assert selected(catalogue, constraints(filters)) == one_by_one


@given(FILTERS, FILTERS)
def test_two_filters_together_pass_what_passes_both(catalogue: Catalogue, one: Filters, other: Filters) -> None:
    both = constraints(one) & constraints(other)

    assert selected(catalogue, both) == selected(catalogue, constraints(one)) & selected(catalogue, constraints(other))
