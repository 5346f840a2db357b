"""A content of the catalogue: the record that a source holds, a bundle keeps and a result shows."""

from enum import StrEnum
from typing import Annotated

from pydantic import StringConstraints

from discovery.names import Frozen, Name, Rating, Unit, Year


class ContentRating(StrEnum):
    """US film (MPA) and television ratings."""

    TV_Y = "TV-Y"
    TV_G = "TV-G"
    G = "G"
    TV_Y7 = "TV-Y7"
    PG = "PG"
    TV_PG = "TV-PG"
    PG_13 = "PG-13"
    TV_14 = "TV-14"
    R = "R"
    TV_MA = "TV-MA"
    NC_17 = "NC-17"

    @property
    def level(self) -> int:
        """How restrictive, 1 (everyone) to 5 (adults); a film's and a series' rating of one level are equals."""
        return _RATING_LEVELS[self]


_RATING_LEVELS = {
    ContentRating.TV_Y: 1,
    ContentRating.TV_G: 1,
    ContentRating.G: 1,
    ContentRating.TV_Y7: 2,
    ContentRating.PG: 2,
    ContentRating.TV_PG: 2,
    ContentRating.PG_13: 3,
    ContentRating.TV_14: 3,
    ContentRating.R: 4,
    ContentRating.TV_MA: 4,
    ContentRating.NC_17: 5,
}


HttpsUrl = Annotated[str, StringConstraints(max_length=2000, pattern=r"^https://[^\s\x00-\x1f\x7f]+$")]


class Content(Frozen):
    """A film or series, as a catalogue line holds it and as a result shows it."""

    id: Annotated[str, StringConstraints(min_length=1, max_length=128, pattern=r"^[^\s\x00-\x1f\x7f]+$")]
    title: Name
    overview: Annotated[str, StringConstraints(max_length=5000)] = ""
    release_year: Year | None = None
    genres: tuple[Name, ...] = ()
    platforms: tuple[Name, ...] = ()
    cast: tuple[Name, ...] = ()
    directors: tuple[Name, ...] = ()
    countries: tuple[Name, ...] = ()
    languages: tuple[Name, ...] = ()
    keywords: tuple[Name, ...] = ()
    """What it is about, in words that its overview may lack: "heist", "time travel"."""
    aliases: tuple[Name, ...] = ()
    """Other titles by which people ask for it: "LOTR", an original title."""
    poster_url: HttpsUrl | None = None
    popularity_score: Unit | None = None
    average_rating: Rating | None = None
    content_rating: ContentRating | None = None
