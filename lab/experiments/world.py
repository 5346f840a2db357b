"""The world that experiments are simulated in: real people's recorded pages, and what they do on them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from lab.experiments.clicks import Appeal, Clicked, Clicks, drawn, expected
from lab.experiments.recording import Recording
from lab.experiments.tastes import appeal_of
from lab.ranking.measures import Floats
from lab.ranking.ratings import Person


@dataclass(frozen=True, eq=False)
class World:
    """Recorded pages and their appeal, `[p, q, v, ranks]`."""

    recording: Recording
    appeal: Appeal

    @classmethod
    def of(cls, people: Sequence[Person], recording: Recording) -> "World":
        """The world of the people who were recorded."""
        by_name = {person.name: person for person in people}
        return cls(recording, appeal_of([by_name[name] for name in recording.people], recording))

    @cached_property
    def flat(self) -> Appeal:
        """`[p · q · v, ranks]`, in the order of `places`."""
        return self.appeal.flat()

    @cached_property
    def milliseconds(self) -> Floats:
        """`[p · q · v]`: the recorded time of each search."""
        return self.recording.milliseconds.ravel().astype(np.float64)

    @cached_property
    def truth(self) -> Clicks:
        """`[p, q, v]`: what is to be expected of each page."""
        return expected(self.appeal)

    def places(
        self, people: NDArray[np.intp], queries: NDArray[np.intp], variants: NDArray[np.intp]
    ) -> NDArray[np.intp]:
        """Where the pages of searches are in `flat`."""
        return np.ravel_multi_index((people, queries, variants), self.recording.pages.shape[:3])

    def search(self, pages: NDArray[np.intp], chance: np.random.Generator) -> Clicked:
        """Show pages, by place, and have them clicked."""
        return drawn(self.flat, pages, chance)

    def of_a_search(self, name: str, variant: int) -> float:
        """The true mean of a search under a variant: of a name of `Clicks`, or `milliseconds`."""
        values = self.recording.milliseconds if name == "milliseconds" else getattr(self.truth, name)
        return float(np.mean(values[:, :, variant], dtype=np.float64))
