"""Percentiles, spread and bootstrap: pure functions over samples."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

NOISY = 0.15
"""Spread of a fixed piece of work above which the machine is too noisy to tell."""
_RESAMPLES = 2000
_CONFIDENCE = 0.95


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


@dataclass(frozen=True)
class Interval:
    """A median and the bounds it has with 95 % confidence."""

    value: float
    low: float
    high: float


def bootstrapped_median(values: Sequence[float], *, seed: int = 0) -> Interval:
    """The median of one figure for each block, with its percentile bootstrap interval (Efron 1979), resampling blocks.

    Blocks and not single samples are resampled: neighbours share what the machine was doing, so they are no independent
    evidence.

    Raises:
        ValueError: there is no value.
    """
    if not values:
        raise ValueError("no values")
    chance = random.Random(seed)  # noqa: S311 - resampling, not secrets
    medians = [median(chance.choices(values, k=len(values))) for _ in range(_RESAMPLES)]
    tail = (1 - _CONFIDENCE) / 2
    return Interval(median(values), percentile(medians, tail), percentile(medians, 1 - tail))


def over_blocks(figure: Callable[[int], float], blocks: int) -> Interval:
    """A figure of each block, by its number, as the median over the blocks."""
    return bootstrapped_median([figure(block) for block in range(blocks)])
