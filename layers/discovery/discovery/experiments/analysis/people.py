"""The people of an experiment and what each of them did: what every analysis starts from."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

type Floats = NDArray[np.float64]

SUMS = (
    "searches",
    "searches_clicked",
    "clicks",
    "plays",
    "completions",
    "minutes",
    "list_adds",
    "dismissals",
    "zero_results",
    "failed",
    "slow",
    "search_time_sum_ms",
)
"""What is summed up for each person.

`searches`, and of those `searches_clicked` (with a click on any result), `zero_results` (that found nothing), `failed`
(that were not personalized because something failed) and `slow` (over the latency limit); `search_time_sum_ms` over all
searches, in milliseconds; `minutes` of all plays.
"""


@dataclass(frozen=True, eq=False)
class People:
    """One epoch of one experiment: a row for each person who took part, in any order.

    A person is in one variant only, and belongs here from their first search in the epoch on, whatever they did then.
    """

    variants: tuple[str, ...]
    """Names, those that nobody got included."""
    variant: NDArray[np.int32]
    """[n] Index into `variants`."""
    sums: Mapping[str, Floats]
    """[n] By name of SUMS: what each person did from the epoch's beginning until now.

    A name left out was not measured: metrics that need it are left out."""
    before: Mapping[str, Floats] = field(default_factory=dict)
    """[n] The same in a period that ended before the epoch began, alike for all; zeros for whom nothing is known."""

    def __post_init__(self) -> None:
        rows = len(self.variant)
        for name, column in (*self.sums.items(), *self.before.items()):
            if column.shape != (rows,):
                raise ValueError(f"{name} has the shape {column.shape} for {rows} people")
        if rows and not 0 <= int(self.variant.min()) <= int(self.variant.max()) < len(self.variants):
            raise ValueError(f"the variant of a person is none of {', '.join(self.variants)}")

    @property
    def counts(self) -> Mapping[str, int]:
        """The number of people of each variant."""
        counted = np.bincount(self.variant, minlength=len(self.variants))
        return {name: int(count) for name, count in zip(self.variants, counted, strict=True)}

    def of(self, variant: str) -> NDArray[np.bool_]:
        """[n] Who is in a variant.

        Raises:
            ValueError: there is no such variant.
        """
        return np.asarray(self.variant == self.variants.index(variant))
