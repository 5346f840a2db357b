"""Counts over the candidates."""

import numpy as np

from discovery.api.facet_responses import FacetCount, Facets
from discovery.catalogue.bundle import Catalogue
from discovery.catalogue.columns import Columns
from discovery.catalogue.content import Content
from discovery.retrieval.bundle import facets
from tests import catalogues


def counted(catalogue: Catalogue, *content_ids: str) -> Facets:
    rows = np.array([catalogues.row_of(content_id) for content_id in content_ids], dtype=np.intp)
    return facets.count(catalogue.columns, rows, catalogue.manifest.genres, catalogue.manifest.platforms)


def pairs(counts: tuple[FacetCount, ...]) -> list[tuple[str, int]]:
    return [(counted.value, counted.count) for counted in counts]


def test_genres_and_platforms_come_most_frequent_first_then_by_name(catalogue: Catalogue) -> None:
    found = counted(catalogue, "alien-1979", "jaws-1975", "gravity-2013")

    assert pairs(found.genres) == [("Horror", 2), ("Science Fiction", 2), ("Thriller", 2)]
    assert pairs(found.platforms) == [("Netflix", 2), ("Max", 1), ("Prime Video", 1)]


def test_names_of_which_there_may_be_thousands_are_counted_too(catalogue: Catalogue) -> None:
    found = counted(catalogue, "alien-1979", "jaws-1975", "gravity-2013", "dracula-1931")

    assert pairs(found.countries) == [("United Kingdom", 2), ("United States", 2)]
    assert pairs(found.languages) == [("English", 3)]
    assert pairs(found.keywords) == [("parasite", 2), ("robotics", 1)]
    assert pairs(found.directors) == [("Alfonso Cuarón", 1), ("Ridley Scott", 1), ("Steven Spielberg", 1)]


def test_of_those_the_most_frequent_are_told() -> None:
    contents = [Content(id=f"{n}", title="A", directors=(f"Director {n:02}", "Everybody")) for n in range(30)]

    found = facets.count(Columns.of(contents, [], []), np.arange(30), [], [])

    assert pairs(found.directors) == [("Everybody", 30), *((f"Director {n:02}", 1) for n in range(19))]


def test_of_countries_and_languages_all_are_told() -> None:
    contents = [Content(id=f"{n}", title="A", countries=(f"C{n:02}",), languages=(f"L{n:02}",)) for n in range(30)]

    found = facets.count(Columns.of(contents, [], []), np.arange(30), [], [])

    assert pairs(found.countries) == [(f"C{n:02}", 1) for n in range(30)]
    assert pairs(found.languages) == [(f"L{n:02}", 1) for n in range(30)]


def test_more_frequent_names_are_told_before_all_others_and_equals_by_name() -> None:
    contents = [Content(id=f"{n}", title="A", keywords=(f"K{n:02}",)) for n in range(30)]
    twice = [Content(id=f"{n}-again", title="A", keywords=(f"K{n:02}",)) for n in range(10, 30, 2)]

    found = facets.count(Columns.of([*contents, *twice], [], []), np.arange(40), [], [])

    assert pairs(found.keywords) == [
        *((f"K{n:02}", 2) for n in range(10, 30, 2)),
        *((f"K{n:02}", 1) for n in range(10)),
    ]


def test_years_are_counted_by_decade_in_order(catalogue: Catalogue) -> None:
    found = counted(catalogue, "gravity-2013", "alien-1979", "jaws-1975", "dracula-1931")

    assert pairs(found.years) == [("1930s", 1), ("1970s", 2), ("2010s", 1)]


def test_ratings_are_counted_by_whole_point_in_order(catalogue: Catalogue) -> None:
    found = counted(catalogue, "godfather-1972", "alien-1979", "jaws-1975", "2012-2009")  # 9.2, 8.5, 8.1, 5.8

    assert pairs(found.ratings) == [("5-6", 1), ("8-9", 2), ("9-10", 1)]


def test_a_rating_is_counted_from_its_point_up_and_ten_belongs_to_the_last() -> None:
    contents = [Content(id=str(n), title="T", average_rating=rating) for n, rating in enumerate((0, 0.99, 7, 7.99, 10))]
    columns = Columns.of(contents, [], [])

    assert pairs(facets.count(columns, np.arange(5), [], []).ratings) == [("0-1", 2), ("7-8", 2), ("9-10", 1)]


def test_the_years_0_to_9_are_a_decade_and_an_unknown_year_is_not_among_them() -> None:
    contents = [Content(id=str(n), title="T", release_year=year) for n, year in enumerate((0, 9, 10, None))]

    counted = facets.count(Columns.of(contents, [], []), np.arange(4), [], [])

    assert pairs(counted.years) == [("0s", 2), ("10s", 1)]


def test_unknown_values_are_left_out(catalogue: Catalogue) -> None:
    assert counted(catalogue, "lost-reel") == Facets(genres=(), platforms=(), years=(), ratings=())


def test_no_candidates_have_no_facets(catalogue: Catalogue) -> None:
    assert counted(catalogue) == Facets(genres=(), platforms=(), years=(), ratings=())
