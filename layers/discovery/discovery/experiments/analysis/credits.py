"""Who gave how much credit to which weight, in a multileaved experiment."""

from dataclasses import dataclass

from discovery.experiments.analysis.people import Floats


@dataclass(frozen=True, eq=False)
class Credits:
    """A row for each person: what they clicked (or played), by the variants that could have contributed it."""

    variants: tuple[str, ...]
    credit: Floats
    """[n, k] Clicks, or plays, of results, each divided among the k variants by how likely each had chosen it."""

    def __post_init__(self) -> None:
        if self.credit.ndim != 2 or self.credit.shape[1] != len(self.variants):  # noqa: PLR2004 - people and variants
            raise ValueError(f"credit has the shape {self.credit.shape} for {len(self.variants)} variants")
