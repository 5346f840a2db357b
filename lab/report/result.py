"""What a benchmark found: kept as JSON, so that one can be measured again without the others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter

from discovery.statistics.bootstrap import bootstrapped_median
from discovery.statistics.percentiles import percentile

Unit = Literal["ms", "s", "MB", "1/s", "scores", "×"]
Verdict = Literal["met", "missed", "too close to tell", "too noisy to tell", ""]

MILLISECONDS = 1000.0
NOISY = 0.15
"""Spread of a fixed piece of work above which the machine is too noisy to tell."""


def amount(value: float | None, unit: str) -> str:
    """Three significant digits with a unit."""
    if value is None:
        return "–"
    digits = 0 if abs(value) >= 100 or value == 0 else 1 if abs(value) >= 10 else 2 if abs(value) >= 1 else 3  # noqa: PLR2004 - digits
    return f"{value:,.{digits}f} {unit}"


@dataclass(frozen=True)
class Figure:
    """Something measured many times."""

    name: str
    unit: Unit
    p50: float
    p95: float | None
    p99: float | None
    count: int

    @classmethod
    def of(cls, name: str, samples: Sequence[float], unit: Unit = "ms", *, scale: float = MILLISECONDS) -> Self:
        """Summarize samples, by default seconds as milliseconds; a percentile that too few lie beyond is left out."""
        scaled = [sample * scale for sample in samples]
        p95 = percentile(scaled, 0.95) if len(scaled) >= 20 else None  # noqa: PLR2004 - one sample in twenty
        p99 = percentile(scaled, 0.99) if len(scaled) >= 100 else None  # noqa: PLR2004 - one in a hundred
        return cls(name, unit, percentile(scaled, 0.5), p95, p99, len(scaled))


@dataclass(frozen=True)
class Comparison:
    """A ratio, or another figure with bounds, taken in each block of one run."""

    name: str
    value: float
    low: float
    high: float
    unit: Unit = "×"
    target: float | None = None
    at_least: bool = False
    """Whether the target is a lower bound."""

    @classmethod
    def of(cls, name: str, figures: NDArray[np.float64], **rest: Any) -> Self:
        """The median of one figure for each block, and its interval."""
        interval = bootstrapped_median(figures.tolist())
        return cls(name, interval.value, interval.low, interval.high, **rest)

    def verdict(self, *, noisy: bool) -> Verdict:
        """Whether the target is met; nothing is said where the bounds disagree."""
        if self.target is None:
            return ""
        if self._meets(self.low) != self._meets(self.high):
            return "too noisy to tell" if noisy else "too close to tell"
        return "met" if self._meets(self.value) else "missed"

    def _meets(self, value: float) -> bool:
        if self.target is None:
            return True
        return value >= self.target if self.at_least else value <= self.target


@dataclass(frozen=True)
class Result:
    """A benchmark on one catalogue."""

    benchmark: str
    title: str
    catalogue: str
    """Its name and size; empty where none takes part."""
    figures: Sequence[Figure]
    comparisons: Sequence[Comparison]
    noise: float
    notes: Sequence[str] = ()
    grid: Sequence[Sequence[str]] = ()
    """A further table, its header first."""
    series: Mapping[str, Any] = field(default_factory=dict)
    """What the plot of this benchmark draws."""

    @property
    def noisy(self) -> bool:
        """Whether the machine was too noisy for the figures to mean much."""
        return self.noise > NOISY


@dataclass(frozen=True)
class Report:
    """All results of one benchmark."""

    results: Sequence[Result]
    circumstances: str
    """A sentence: when, on what and how they were taken."""

    def save(self, file: Path) -> None:
        """Write as JSON."""
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(_document.dump_json(self, indent=1) + b"\n")

    @staticmethod
    def load(file: Path) -> "Report":
        """Read what `save` has written."""
        return _document.validate_json(file.read_bytes())


_document = TypeAdapter(Report)
