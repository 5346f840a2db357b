"""Percentiles, and how widely samples are spread."""

from collections.abc import Sequence
from statistics import median


def percentile(samples: Sequence[float], share: float) -> float:
    """The value below which this share (0 to 1) of the samples lies, interpolated linearly (Hyndman and Fan's type 7).

    Raises:
        ValueError: there is no sample.
    """
    if not samples:
        raise ValueError("no samples")
    ordered = sorted(samples)
    position = share * (len(ordered) - 1)
    below = int(position)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (position - below)


def spread(samples: Sequence[float]) -> float:
    """The inter-quartile range as a share of the median; 0 where all are equal."""
    middle = median(samples)
    return (percentile(samples, 0.75) - percentile(samples, 0.25)) / middle if middle else 0.0
