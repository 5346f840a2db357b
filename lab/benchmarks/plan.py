"""What to measure, and how long: the same for every benchmark of a run, handed to each one's process as JSON."""

from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter


@dataclass(frozen=True)
class Against:
    """Another checkout of the project."""

    checkout: Path
    bundles: tuple[Path, ...]
    """Its own bundles of the same catalogues, in the same order."""


@dataclass(frozen=True)
class Plan:
    """One run."""

    quick: bool
    """Few samples: whether it works, rather than how fast it is."""
    bundles: tuple[Path, ...]
    """Index bundles; the last is the one that stands for a real catalogue."""
    sizes: tuple[int, ...]
    """Documents in each of the synthetic catalogues."""
    scratch: Path
    """An empty folder, removed afterwards."""
    against: Against | None = None
    """What to compare with, where a benchmark does."""

    def times(self, usual: int, quick: int) -> int:
        """How often to do something."""
        return quick if self.quick else usual

    def to_json(self) -> str:
        """For the process that measures."""
        return _document.dump_json(self).decode()

    @staticmethod
    def from_json(text: str) -> "Plan":
        """What `to_json` has made."""
        return _document.validate_json(text)


_document = TypeAdapter(Plan)
