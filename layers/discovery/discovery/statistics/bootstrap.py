"""Bootstrap intervals: Efron, "Bootstrap Methods: Another Look at the Jackknife", Annals of Statistics 7(1), 1979."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from discovery.statistics.percentiles import percentile

_RESAMPLES = 2000
_CONFIDENCE = 0.95


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
