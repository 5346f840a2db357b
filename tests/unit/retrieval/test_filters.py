"""Constraints, by name: what a request's filters ask for, and two of them together."""

from discovery.api.requests import Filters
from discovery.catalogue.content import ContentRating
from discovery.retrieval.filters import Constraints, constraints, names


def test_names_are_compared_without_case() -> None:
    assert constraints(Filters(genres=("wAR", "War"), platforms=("MAX",))) == Constraints(
        genres=(frozenset({"war"}),), platforms=(frozenset({"max"}),)
    )


def test_other_names_are_compared_as_titles_are_and_those_without_words_as_they_stand() -> None:
    assert constraints(Filters(directors=("Agnès Varda", "agnes varda"), keywords=("?!",))) == Constraints(
        directors=(frozenset({"agnes varda"}),), keywords=(frozenset({"?!"}),)
    )
    assert constraints(Filters(countries=("The Netherlands",), languages=("FRENCH",))) == Constraints(
        countries=(frozenset({"netherlands"}),), languages=(frozenset({"french"}),)
    )


def test_no_filter_and_a_range_open_at_both_ends_constrain_nothing() -> None:
    assert not constraints(Filters()).any
    assert not constraints(Filters(year_range=(None, None), rating_range=(None, None))).any


def test_a_rating_becomes_its_level() -> None:
    assert constraints(Filters(max_content_rating=ContentRating.TV_14)) == Constraints(max_content_level=3)


def test_both_together_keep_every_demand_and_the_narrower_of_each_range() -> None:
    first = Constraints((names(["War"]),), (), (1980, None), (None, 9.0), 4)
    second = Constraints((names(["Drama"]),), (names(["Max"]),), (1970, 1999), (7.0, 8.0), 2)

    assert first & second == Constraints(
        (names(["war"]), names(["drama"])), (names(["max"]),), (1980, 1999), (7.0, 8.0), 2
    )


def test_no_constraint_beside_one_changes_nothing() -> None:
    wanted = Constraints((names(["War"]),), (), (1980, None), (None, 9.0), 4)

    assert wanted & Constraints() == Constraints() & wanted == wanted
