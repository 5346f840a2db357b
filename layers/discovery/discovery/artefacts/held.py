"""What an environment holds open: one artefact for good, or (`followed`) whichever is published."""

from dataclasses import dataclass
from typing import Protocol


class Held[Opened](Protocol):
    """What an environment holds open of a kind; it may be another one at each call of `current`."""

    def current(self) -> Opened:
        """What new requests are answered with."""

    def held(self, artefact: str) -> Opened | None:
        """The one of an id; None where it is not held."""

    def all_held(self) -> list[Opened]:
        """All, the current one first."""


@dataclass(frozen=True)
class Fixed[Opened]:
    """Holds one artefact for good."""

    id: str
    opened: Opened

    def current(self) -> Opened:
        """The only one."""
        return self.opened

    def held(self, artefact: str) -> Opened | None:
        """The only one, where it is asked for."""
        return self.opened if artefact == self.id else None

    def all_held(self) -> list[Opened]:
        """The only one."""
        return [self.opened]
