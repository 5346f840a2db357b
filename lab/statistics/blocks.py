"""What a benchmark makes of its blocks."""

from collections.abc import Callable

from discovery.statistics.bootstrap import Interval, bootstrapped_median

NOISY = 0.15
"""Spread of a fixed piece of work above which the machine is too noisy to tell."""


def over_blocks(figure: Callable[[int], float], blocks: int) -> Interval:
    """A figure of each block, by its number, as the median over the blocks."""
    return bootstrapped_median([figure(block) for block in range(blocks)])
