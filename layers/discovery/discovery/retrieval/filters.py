"""What every candidate must satisfy, by name: a request's filters, and what was understood in a query. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from discovery.api.requests import Filters
from discovery.catalogue.columns import MEMBERSHIPS
from discovery.catalogue.title_key import name_key

Names = frozenset[str]
"""Of an attribute, in the form in which they are compared: genres and platforms case-folded, others by `name_key`."""
NAMED = ("genres", "platforms", *MEMBERSHIPS)
"""The attributes that are names."""


@dataclass(frozen=True)
class Constraints[T: (str, int)]:
    """What every candidate must satisfy. Each group asks for any one of its members; all groups must hold.

    Members are case-folded names, or whatever an index has for them.
    """

    genres: tuple[frozenset[T], ...] = ()
    platforms: tuple[frozenset[T], ...] = ()
    years: tuple[int | None, int | None] = (None, None)
    """Inclusive."""
    ratings: tuple[float | None, float | None] = (None, None)
    """Inclusive."""
    max_content_level: int | None = None
    directors: tuple[frozenset[T], ...] = ()
    countries: tuple[frozenset[T], ...] = ()
    languages: tuple[frozenset[T], ...] = ()
    keywords: tuple[frozenset[T], ...] = ()

    @property
    def named(self) -> dict[str, tuple[frozenset[T], ...]]:
        """The groups of each attribute that is a name."""
        return {attribute: getattr(self, attribute) for attribute in NAMED}

    @property
    def any(self) -> bool:
        """Whether they constrain at all."""
        return self != Constraints()

    def __and__(self, other: "Constraints[T]") -> "Constraints[T]":
        """Everything that either asks for."""
        levels = [level for level in (self.max_content_level, other.max_content_level) if level is not None]
        return Constraints(
            years=_overlap(self.years, other.years),
            ratings=_overlap(self.ratings, other.ratings),
            max_content_level=min(levels) if levels else None,
            **{attribute: groups + other.named[attribute] for attribute, groups in self.named.items()},
        )


def constraints(filters: Filters) -> Constraints[str]:
    """A request's filters. An unknown name is satisfied by no candidate."""
    return Constraints(
        years=filters.year_range or (None, None),
        ratings=filters.rating_range or (None, None),
        max_content_level=filters.max_content_rating.level if filters.max_content_rating else None,
        **{attribute: (_keys(attribute, wanted),) for attribute in NAMED if (wanted := getattr(filters, attribute))},
    )


def given(filters: Filters) -> list[str]:
    """The filters that ask for something, by name."""
    return [name for name in Filters.model_fields if constraints(filters.without(name)) != constraints(filters)]


def names(of: Iterable[str]) -> Names:
    """Names of genres or platforms in the form in which they are compared."""
    return frozenset(name.casefold() for name in of)


def _keys(attribute: str, wanted: Iterable[str]) -> Names:
    return frozenset(map(name_key, wanted)) if attribute in MEMBERSHIPS else names(wanted)


def _overlap[T: (int, float)](
    first: tuple[T | None, T | None], second: tuple[T | None, T | None]
) -> tuple[T | None, T | None]:
    lower = [bound for bound in (first[0], second[0]) if bound is not None]
    upper = [bound for bound in (first[1], second[1]) if bound is not None]
    return max(lower) if lower else None, min(upper) if upper else None
