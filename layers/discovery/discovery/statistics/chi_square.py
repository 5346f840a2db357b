"""Pearson's chi-square, for shares and for independence, with p and Cramér's V; no SciPy. Pure.

p is exact for whole degrees of freedom: Abramowitz and Stegun, Handbook of Mathematical Functions, 26.4.4 and 26.4.5.
"""

import math
from collections.abc import Mapping
from typing import NamedTuple


class ChiSquare(NamedTuple):
    """A test's outcome."""

    statistic: float
    freedom: int
    """Degrees of freedom."""
    p: float
    """How often chance alone deviates as far, or farther."""


def goodness_of_fit(observed: Mapping[str, int], shares: Mapping[str, float]) -> ChiSquare:
    """How counts by name fit the shares that were meant, which sum to 1; shares of 0 are left out."""
    total = sum(observed.values())
    meant = {name: share * total for name, share in shares.items() if share > 0}
    statistic = sum((observed.get(name, 0) - count) ** 2 / count for name, count in meant.items()) if total else 0.0
    return _tested(statistic, len(meant) - 1)


def independence(counts: Mapping[tuple[str, str], int]) -> tuple[ChiSquare, float]:
    """Whether two assignments are independent, from the counts of their pairs; and Cramér's V in [0, 1]."""
    total = sum(counts.values())
    rows, columns = (
        {name: sum(n for pair, n in counts.items() if pair[side] == name) for name in {pair[side] for pair in counts}}
        for side in (0, 1)
    )
    statistic = sum(
        (counts.get((row, column), 0) - in_row * in_column / total) ** 2 / (in_row * in_column / total)
        for row, in_row in rows.items()
        for column, in_column in columns.items()
    )
    smaller = min(len(rows), len(columns)) - 1
    v = math.sqrt(statistic / (total * smaller)) if smaller > 0 else 0.0
    return _tested(statistic, (len(rows) - 1) * (len(columns) - 1)), v


def survival(statistic: float, freedom: int) -> float:
    """The probability of a chi-square of that many degrees of freedom (1 or more) being as large or larger."""
    half = statistic / 2
    if half == 0:
        return 1.0
    # Each term by its logarithm: of seventeen variants against seventeen the powers are more than a double holds.
    powers = (i + freedom % 2 / 2 for i in range(freedom // 2))
    terms = math.fsum(math.exp(power * math.log(half) - half - math.lgamma(power + 1)) for power in powers)
    return min(1.0, terms + (math.erfc(math.sqrt(half)) if freedom % 2 else 0.0))


def _tested(statistic: float, freedom: int) -> ChiSquare:
    return ChiSquare(statistic, freedom, survival(statistic, freedom) if freedom else 1.0)
