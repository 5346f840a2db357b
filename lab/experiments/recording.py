"""What the real system answers: the pages of every person, theme and weight, kept for clicks to be replayed on them.

A recording is made once, over HTTP, in minutes; simulated experiments then draw from it as often as they need.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

PAGE_SIZE = 20
"""Results of a page, the service's default."""
NOTHING = -1
"""In `pages`, beyond the last result."""


@dataclass(frozen=True, eq=False)
class Recording:
    """Pages by person `p`, query `q` and variant `v`."""

    people: tuple[str, ...]
    queries: tuple[str, ...]
    variants: tuple[str, ...]
    """In order of weight, control first."""
    weights: NDArray[np.float64]
    """`[v]`."""
    ids: tuple[str, ...]
    """Content ids of all titles that are on a page, each once."""
    pages: NDArray[np.int32]
    """`[p, q, v, PAGE_SIZE]`: places in `ids`, best first."""
    milliseconds: NDArray[np.float32]
    """`[p, q, v]`: each search's time, by its response."""
    personalized: NDArray[np.bool_]
    """`[p, q, v]`: whether the page is what its weight makes of all scores; control's are."""
    search_ids: NDArray[np.str_]
    """`[p, q, v]`."""

    def variant(self, name: str) -> int:
        """The place of a variant."""
        return self.variants.index(name)

    def save(self, file: Path) -> None:
        """Write it, whole or not at all."""
        file.parent.mkdir(parents=True, exist_ok=True)
        half = file.with_name(f"half-{file.name}")
        with half.open("wb") as out:
            arrays: dict[str, Any] = {name: np.asarray(value) for name, value in vars(self).items()}
            np.savez_compressed(out, **arrays)
        half.replace(file)

    @classmethod
    def load(cls, file: Path) -> "Recording":
        """Read what `save` has written.

        Raises:
            FileNotFoundError: nothing is recorded there.
        """
        with np.load(file) as kept:
            fields: dict[str, Any] = {name: kept[name] for name in kept.files}
        texts = ("people", "queries", "variants", "ids")
        return cls(**fields | {name: tuple(fields[name].tolist()) for name in texts})
