"""Constraints as queries."""

from discovery.api.requests import Filters
from discovery.catalogue.content import ContentRating
from discovery.retrieval.filters import Constraints, constraints
from discovery.retrieval.opensearch.filters import all_of, passing


def test_each_group_of_names_and_each_bound_must_match() -> None:
    filters = Filters(
        genres=("Drama", "War"),
        directors=("Alfonso Cuarón",),
        year_range=(1990, None),
        rating_range=(None, 8.5),
        max_content_rating=ContentRating.PG_13,
    )

    assert passing(constraints(filters)) == [
        {"terms": {"is.genres": ["drama", "war"]}},
        {"terms": {"is.directors": ["alfonso cuaron"]}},
        {"range": {"year": {"gte": 1990}}},
        {"range": {"rating": {"lte": 8.5}}},
        {"range": {"content_level": {"lte": 3}}},
    ]


def test_of_two_groups_both_must_match() -> None:
    wanted = Constraints[str](genres=(frozenset({"war"}), frozenset({"drama"})))

    assert passing(wanted) == [{"terms": {"is.genres": ["war"]}}, {"terms": {"is.genres": ["drama"]}}]


def test_without_constraints_everything_matches() -> None:
    assert passing(Constraints()) == []
    assert all_of([]) == {"match_all": {}}
