"""One catalogue, and the use cases over it; an environment may hold two, while one takes the other's place."""

from dataclasses import dataclass

from discovery.search.pipeline import Pipeline
from discovery.search.preview import Preview
from discovery.search.suggest import Suggest


@dataclass(frozen=True)
class Served:
    """What is told of a catalogue that answers requests."""

    bundle: str
    """Its id, or the version of an index; it is in every answer."""
    count: int
    model: str
    built_at: str | None
    """RFC 3339; None where it is not known."""


@dataclass(frozen=True)
class Edition:
    """What answers requests from one catalogue."""

    served: Served
    pipeline: Pipeline
    previews: Preview
    suggestions: Suggest
