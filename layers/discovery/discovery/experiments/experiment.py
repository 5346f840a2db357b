"""An experiment, as the policy has it; `assignment` says who gets which variant of it."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Experiment:
    """An experiment that runs, has run or will run."""

    name: str
    traffic_allocation: float
    """Share of users who take part, in [0, 1]."""
    variants: Mapping[str, float]
    """Variant name → share of those who take part; the shares sum to 1."""
    salt: str = ""
    start: float | None = None
    """Unix seconds from which it runs; None: at once."""
    end: float | None = None
    """Unix seconds from which it runs no more; None: until it is taken out."""

    def runs(self, now: float) -> bool:
        """Whether it runs at a time (Unix seconds)."""
        return (self.start is None or self.start <= now) and (self.end is None or now < self.end)
