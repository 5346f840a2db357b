"""The stand-in for popularity of a collection that has none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from discovery.catalogue.build.prominence import with_prominence
from discovery.catalogue.content import Content


def content(
    id_: str, *, overview: str = "", title: str = "A Film", year: int = 1980, cast: tuple[str, ...] = ()
) -> Content:
    return Content(id=id_, title=title, overview=overview, release_year=year, cast=cast)


SCARFACE = content("scarface-1932", title="Scarface", year=1932, overview="A gangster rises.")


def prominence(*contents: Content) -> dict[str, float]:
    return {one.id: one.popularity_score or 0.0 for one in with_prominence(contents)}


@pytest.mark.parametrize(
    "overview",
    [
        "It is a remake of Scarface (1932) in another town.",
        "It follows the 1932 crime film Scarface closely.",
    ],
)
def test_a_film_that_another_ones_article_names_with_its_year_is_more_prominent(overview: str) -> None:
    naming = content("remake", title="The Remake", year=1983, overview=overview)
    silent = content("remake", title="The Remake", year=1983, overview="It is about a town.")

    assert prominence(SCARFACE, naming)["scarface-1932"] > prominence(SCARFACE, silent)["scarface-1932"]


def test_a_namesake_names_the_earlier_film() -> None:
    later = content("scarface-1983", title="Scarface", year=1983, overview="")
    naming = later.model_copy(update={"overview": "A remake of the 1932 film of the same name."})

    assert prominence(SCARFACE, naming)["scarface-1932"] > prominence(SCARFACE, later)["scarface-1932"]


def test_a_film_does_not_make_itself_prominent() -> None:
    itself = SCARFACE.model_copy(update={"overview": "Scarface (1932)"})
    other = SCARFACE.model_copy(update={"overview": "Something else"})

    assert prominence(itself) == prominence(other)


def test_a_year_that_is_not_its_own_names_nothing() -> None:
    naming = content("other", title="Other", year=1983, overview="It is not Scarface (1933).")

    assert prominence(SCARFACE, naming)["scarface-1932"] == prominence(SCARFACE)["scarface-1932"]


def test_fame_is_made_by_an_actors_other_films() -> None:
    famous = content("one", cast=("Paul Muni",), overview="x" * 1500)
    another = content("two", cast=("Paul Muni",), overview="x" * 1500)
    unknown = content("two", cast=("Nobody Known",), overview="x" * 1500)

    assert prominence(famous, another)["one"] > prominence(famous, unknown)["one"]


def test_a_longer_article_a_larger_cast_and_a_later_year_are_more_prominent() -> None:
    plain = content("one", overview="Short.", year=1930)

    for more in ({"overview": "Longer. " * 20}, {"cast": ("A B", "C D")}, {"release_year": 1990}):
        assert prominence(plain.model_copy(update=more))["one"] > prominence(plain)["one"]


@given(st.lists(st.text(max_size=200), min_size=1, max_size=5))
def test_prominence_is_in_its_bounds_and_the_rest_of_a_content_stays(overviews: list[str]) -> None:
    contents = [content(f"film-{n}", overview=overview) for n, overview in enumerate(overviews)]

    after = with_prominence(contents)

    assert all(0 <= (one.popularity_score or 0) <= 1 for one in after)
    assert [one.model_copy(update={"popularity_score": None}) for one in after] == [
        one.model_copy(update={"popularity_score": None}) for one in contents
    ]
