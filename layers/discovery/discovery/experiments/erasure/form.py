"""What the files of a lake are made of, and what has to be done with each kind: look for people, copy without them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


class Unreadable(Exception):
    """A file can't be read as what it should be, or can't be written again as it was; the message says why."""


@dataclass(frozen=True)
class Holding:
    """What a file holds of some people."""

    lines: int = 0
    people: frozenset[str] = frozenset()
    """Keyed hashes of those that it has lines of."""


class Form(Protocol):
    """A kind of file. Both methods raise `Unreadable`."""

    def holding(self, file: Path, people: frozenset[str]) -> Holding:
        """What a file holds of people (keyed hashes)."""

    def copy_without(self, people: frozenset[str], file: Path, copy: Path) -> None:
        """Write a copy that has nothing of people; an empty one where nothing is left."""
