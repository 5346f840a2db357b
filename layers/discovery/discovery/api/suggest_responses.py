"""What `GET /v1/suggest` answers."""

from typing import Literal

from discovery.api.query_responses import Correction
from discovery.names import Frozen


class TitleSuggestion(Frozen):
    """A title that may be meant."""

    kind: Literal["title"]
    text: str
    """The title, also where an alias of it begins as typed."""
    content_id: str
    release_year: int | None


class NameSuggestion(Frozen):
    """A person, genre or keyword that may be meant."""

    kind: Literal["person", "genre", "keyword"]
    text: str


class SuggestResponse(Frozen):
    """What may be meant by what was typed so far."""

    prefix: str
    catalogue: str
    """Which catalogue answered: its bundle's id."""
    corrected: Correction | None
    """What else was looked up, where no name begins as typed."""
    suggestions: tuple[TitleSuggestion | NameSuggestion, ...]
    """Titles, people, genres, keywords; of each kind the most popular first, but whole names before all others."""
