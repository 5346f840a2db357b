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
    """A figure and the bounds it has with 95 % confidence."""

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


def bootstrapped_mean(groups: Sequence[Sequence[float]], *, seed: int = 0) -> Interval:
    """The mean of all values, with its percentile bootstrap interval (Efron 1979), resampling groups.

    The values of one group, as those of one person, are alike, and so are no independent evidence.

    Raises:
        ValueError: there is no value.
    """
    sums = [(sum(group), len(group)) for group in groups if group]
    if not sums:
        raise ValueError("no values")
    chance = random.Random(seed)  # noqa: S311 - resampling, not secrets
    means = [_mean(chance.choices(sums, k=len(sums))) for _ in range(_RESAMPLES)]
    tail = (1 - _CONFIDENCE) / 2
    return Interval(_mean(sums), percentile(means, tail), percentile(means, 1 - tail))


def _mean(sums: Sequence[tuple[float, int]]) -> float:
    return sum(total for total, _ in sums) / sum(count for _, count in sums)
