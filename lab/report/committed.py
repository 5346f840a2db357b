"""Figures that are committed, so that a later run can say whether one has fallen."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Committed:
    """A file of figures by their names, to three places."""

    file: Path
    tolerance: float
    """What a figure may be below the committed one."""
    of: str = ""
    """What all figures are of, as messages say it after a figure's name."""

    def write(self, figures: Mapping[str, float]) -> None:
        """Commit these."""
        rounded = {name: round(value, 3) for name, value in figures.items()}
        self.file.write_text(json.dumps(rounded, indent=2) + "\n")

    def compare(self, figures: Mapping[str, float]) -> int:
        """The exit code: 1 where a figure is further below the committed one than the tolerance; says which."""
        committed: dict[str, float] = json.loads(self.file.read_text())
        fallen = [name for name, value in committed.items() if figures[name] < value - self.tolerance]
        for name in fallen:
            print(f"{name}{self.of} fell to {figures[name]:.3f}; {committed[name]} is committed")
        return 1 if fallen else 0
