"""Where a lake's files are. A file is replaced as a whole, so nobody ever reads half of one."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol


@dataclass(frozen=True)
class Stored:
    """A file of a lake."""

    name: str
    """Relative to the lake."""
    size: int
    """Bytes."""
    version: str | None = None
    """Of a bucket that keeps versions, where it is not the current one."""


@dataclass(frozen=True)
class Held:
    """A file that can be read here."""

    stored: Stored
    file: Path
    rest: Path
    """Where what is to replace it is written."""
    state: Any
    """By which the place knows whether it has changed meanwhile."""
    kept: Mapping[str, Any]


class Place(Protocol):
    """What can be done with a lake's files."""

    def files(self, folder: str) -> Iterator[Stored]:
        """All files below a folder of the lake that hold something."""

    def old_versions(self, folder: str) -> Iterator[Stored]:
        """Of a place that keeps versions, those that are not current."""

    def held(self, stored: Stored, scratch: Path) -> Held | None:
        """A file to read, fetched into an empty folder if need be; None if it is gone.

        Raises:
            Unreadable: it has to be restored from an archive first.
        """

    def replace(self, held: Held) -> bool:
        """Put the rest in a file's place, at once; False if somebody else changed the file meanwhile."""

    def delete(self, held: Held) -> None:
        """Delete a file, or its old version."""
