"""What to measure, and how long: the same for every benchmark of a run, handed to each one's process as JSON."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self


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

    def times(self, usual: int, quick: int) -> int:
        """How often to do something."""
        return quick if self.quick else usual

    def to_json(self) -> str:
        """For the process that measures."""
        return json.dumps(asdict(self), default=str)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """What `to_json` has made."""
        stored = json.loads(text)
        return cls(
            quick=stored["quick"],
            bundles=tuple(Path(bundle) for bundle in stored["bundles"]),
            sizes=tuple(stored["sizes"]),
            scratch=Path(stored["scratch"]),
        )
