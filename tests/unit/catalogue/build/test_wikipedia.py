"""The importer of the shared film collection."""

import json

import pytest

from discovery.catalogue.build.wikipedia import WikipediaMovies
from discovery.errors import SourceInvalid


def line(**record: object) -> str:
    return json.dumps({"title": "Jaws", "year": 1975, "cast": [], "genres": [], "href": "Jaws", "extract": ""} | record)


COLLECTION = [line(title=title, year=year) for title in ("Jaws", "Heat", "Amélie") for year in (1975, 1995, 2001)]


def test_a_record_becomes_a_content() -> None:
    record = line(
        title="Heat", year=1995, cast=["Al Pacino", "Val Kilmer"], genres=["Crime", "Thriller"], extract="A heist film."
    )

    content = WikipediaMovies()(1, record)

    assert (content.id, content.title, content.release_year) == ("heat-1995", "Heat", 1995)
    assert (content.cast, content.genres) == (("Al Pacino", "Val Kilmer"), ("Crime", "Thriller"))
    assert content.overview == "A heist film."


def test_the_ids_are_the_same_at_every_rebuild() -> None:
    records = [*COLLECTION, line(extract="another film of that title and year")]

    first, second = WikipediaMovies(), WikipediaMovies()

    assert [first(n, record).id for n, record in enumerate(records)] == [
        second(n, record).id for n, record in enumerate(records)
    ]


def test_an_id_does_not_depend_on_where_in_the_collection_the_film_stands() -> None:
    def ids(records: list[str]) -> dict[str, str]:
        parse = WikipediaMovies()
        return {record: parse(number, record).id for number, record in enumerate(records, 1)}

    assert ids(COLLECTION[::-1]) == ids(COLLECTION)


def test_two_films_of_one_title_and_year_have_two_ids() -> None:
    parse = WikipediaMovies()

    first, second = parse(1, line(extract="a shark")), parse(2, line(extract="a documentary"))

    assert first.id == "jaws-1975"
    assert second.id.startswith("jaws-1975-")


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Amélie", "amelie-2001"),
        ("The Queen's Gambit", "the-queen-s-gambit-2001"),
        ("千と千尋", "untitled-2001"),
        ("  ¡Three Amigos!  ", "three-amigos-2001"),
    ],
)
def test_an_id_is_the_titles_slug_and_the_year(title: str, expected: str) -> None:
    assert WikipediaMovies()(1, line(title=title, year=2001)).id == expected


def test_what_strayed_into_the_cast_is_left_out() -> None:
    content = WikipediaMovies()(1, line(cast=["Roy Scheider", "x" * 101, "", " ", None, 7, "Roy Scheider"]))

    assert content.cast == ("Roy Scheider",)


@pytest.mark.parametrize(
    ("record", "field"),
    [(line(title=""), "title"), (line(year="1975"), "year"), (line(genres=["x" * 101]), "genres.0")],
)
def test_a_bad_record_is_an_error_that_names_line_and_field(record: str, field: str) -> None:
    with pytest.raises(SourceInvalid) as caught:
        WikipediaMovies()(36, record)

    assert (caught.value.line, caught.value.field) == (36, field)
