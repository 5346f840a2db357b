"""The attributes that filters, facets, sorting and evidence read, as one array each, by row."""

import math
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from discovery.catalogue.content import Content
from discovery.catalogue.flags import Flags
from discovery.catalogue.membership import GivenNames, Membership
from discovery.catalogue.title_key import title_key

FLAGS = ("genres", "platforms")
MEMBERSHIPS = ("directors", "countries", "languages", "keywords")


@dataclass(frozen=True)
class Columns:
    """One array per attribute; n rows, g distinct genres, p distinct platforms."""

    years: NDArray[np.int16]
    """`[n]`, −1 where unknown."""
    ratings: NDArray[np.float32]
    """`[n]`, 0–10, NaN where unknown."""
    popularity: NDArray[np.float32]
    """`[n]`, 0–1, 0 where unknown."""
    content_levels: NDArray[np.int8]
    """`[n]`, `ContentRating.level`, 0 where unrated."""
    genres: Flags
    """Of g names."""
    platforms: Flags
    """Of p names."""
    title_order: NDArray[np.int32] | NDArray[np.float64]
    """`[n]`: place of the title's `title_key` among the distinct ones in their order, so that equals are equal."""
    memberships: Mapping[str, Membership]
    """By attribute: those with thousands of names, or hardly any."""
    alive: NDArray[np.bool_] | None = None
    """`[n]`: which rows are titles still; None where all are, as in every bundle."""

    @cached_property
    def genre_counts(self) -> NDArray[np.int16]:
        """`[n]`: how many genres each row has."""
        return self.genres.sizes()

    @cached_property
    def by_popularity(self) -> NDArray[np.intp]:
        """The rows that are titles, the most popular first and equals in their order; of a million it takes 0.1 s."""
        rows = np.argsort(-self.popularity, kind="stable")
        return rows if self.alive is None else rows[self.alive[rows]]

    @classmethod
    def of(cls, contents: Iterable[Content], genres: Sequence[str], platforms: Sequence[str]) -> Self:
        """Lay the contents out as columns; the vocabularies give the order of the genre and platform columns."""
        attributes = Attributes()
        for content in contents:
            attributes.add(content)
        return cls.of_gathered(attributes, genres, platforms)

    @classmethod
    def of_gathered(cls, attributes: "Attributes", genres: Sequence[str], platforms: Sequence[str]) -> Self:
        """The same, of attributes that were gathered content by content."""
        return cls(
            years=np.array(attributes.years, dtype=np.int16),
            ratings=np.array(attributes.ratings, dtype=np.float32),
            popularity=np.array(attributes.popularity, dtype=np.float32),
            content_levels=np.array(attributes.content_levels, dtype=np.int8),
            genres=_flags(attributes.genres, genres),
            platforms=_flags(attributes.platforms, platforms),
            title_order=_order(attributes.title_keys),
            memberships={name: Membership.of_given(given) for name, given in attributes.memberships.items()},
        )

    def save(self, folder: Path) -> None:
        """Write one `.npy` file for each column, and the names of memberships."""
        for name in _ARRAYS:
            np.save(folder / f"{name}.npy", getattr(self, name))
        for name in FLAGS:
            getattr(self, name).save(folder / f"{name}.npy")
        for name, membership in self.memberships.items():
            membership.save(folder, name)

    def followed_by(self, others: Self, title_order: NDArray[np.float64], gone: NDArray[np.intp]) -> Self:
        """These rows, of which some are gone, and others behind them; `title_order`: of the others, among these."""
        alive = np.ones(len(self.years) + len(others.years), dtype=np.bool_)
        alive[gone] = False
        return type(self)(
            years=np.concatenate([self.years, others.years]),
            ratings=np.concatenate([self.ratings, others.ratings]),
            popularity=np.concatenate([self.popularity, others.popularity]),
            content_levels=np.concatenate([self.content_levels, others.content_levels]),
            genres=self.genres.followed_by(others.genres),
            platforms=self.platforms.followed_by(others.platforms),
            title_order=np.concatenate([self.title_order, title_order]),
            memberships={name: of.followed_by(others.memberships[name]) for name, of in self.memberships.items()},
            alive=alive,
        )

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Memory-map the columns."""
        arrays: dict[str, Any] = {name: np.asarray(np.load(folder / f"{name}.npy", mmap_mode="r")) for name in _ARRAYS}
        flags: dict[str, Any] = {name: Flags.open(folder / f"{name}.npy", len(arrays["years"])) for name in FLAGS}
        return cls(**arrays, **flags, memberships={name: Membership.open(folder, name) for name in MEMBERSHIPS})


_ARRAYS = tuple(field.name for field in fields(Columns) if field.name not in {*FLAGS, "memberships", "alive"})


class Attributes:
    """What columns are made of, as contents are added: little of each."""

    def __init__(self) -> None:
        self.years = array("h")
        self.ratings = array("f")
        self.popularity = array("f")
        self.content_levels = array("b")
        self.genres, self.platforms = GivenNames(), GivenNames()
        self.title_keys: list[str] = []
        self.memberships = {name: GivenNames() for name in MEMBERSHIPS}

    def add(self, content: Content) -> None:
        """Add the next row."""
        self.years.append(-1 if content.release_year is None else content.release_year)
        self.ratings.append(math.nan if content.average_rating is None else content.average_rating)
        self.popularity.append(content.popularity_score or 0.0)
        self.content_levels.append(content.content_rating.level if content.content_rating else 0)
        self.genres.add(content.genres)
        self.platforms.add(content.platforms)
        self.title_keys.append(title_key(content.title))
        for name, given in self.memberships.items():
            given.add(getattr(content, name))


def vocabulary(names: Iterable[Iterable[str]]) -> list[str]:
    """The distinct names in alphabetical order; of spellings that differ in case alone, the first one met."""
    return sorted(distinct(names))


def distinct(names: Iterable[Iterable[str]]) -> list[str]:
    """The same in the order in which they are met."""
    spellings: dict[str, str] = {}
    for row in names:
        for name in row:
            spellings.setdefault(name.casefold(), name)
    return list(spellings.values())


def _order(keys: Sequence[str]) -> NDArray[np.int32]:
    places = {key: place for place, key in enumerate(sorted(set(keys)))}
    return np.array([places[key] for key in keys], dtype=np.int32)


def _flags(given: GivenNames, names: Sequence[str]) -> Flags:
    codes = {name.casefold(): code for code, name in enumerate(names)}
    coded = given.coded([codes[name.casefold()] for name in given.names])
    return Flags.of(coded, len(names), given.count)
