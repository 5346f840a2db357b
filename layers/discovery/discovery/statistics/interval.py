"""Bounds of an estimate."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Interval:
    """Bounds; None where there is no bound on that side."""

    low: float | None
    high: float | None

    def holds(self, value: float) -> bool:
        """Whether a value lies within."""
        return (self.low is None or self.low <= value) and (self.high is None or value <= self.high)


def around(value: float, margin: float) -> Interval:
    """The interval as far below a value as above."""
    return Interval(value - margin, value + margin)
