"""How a query was read."""

from pydantic import ConfigDict, Field

from discovery.names import Frozen


class LikeTitle(Frozen):
    """The title that "like …" named, as the catalogue knows it."""

    id: str
    title: str


class Correction(Frozen):
    """A query, or a prefix of one, that was searched as another one, since the catalogue lacks some of its words."""

    model_config = ConfigDict(populate_by_name=True, serialize_by_alias=True)

    typed: str = Field(alias="from")
    meant: str = Field(alias="to")


class QueryParsed(Frozen):
    """What the rules read in the query."""

    text: str
    """The query as it was searched by meaning."""
    terms: str
    """What is left for keyword search once the understood parts are taken out; may be empty."""
    genres: tuple[str, ...] = ()
    platforms: tuple[str, ...] = ()
    year_range: tuple[int | None, int | None] | None = None
    countries: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    """Of the titles that are wanted. Neither is a constraint: titles that fit come before others."""
    like: LikeTitle | None = None
    corrected: Correction | None = None
    """What else was searched, and what is described here; a request with `correct=false` is searched as it is."""
    relaxed: bool = False
    """True where the understood filters left nothing, so they were dropped and the words searched as they stand."""
