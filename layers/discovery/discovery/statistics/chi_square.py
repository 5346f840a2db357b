"""Pearson's chi-square test, of shares and of independence, with p and Cramér's V. Pure.

p is exact: Abramowitz and Stegun, Handbook of Mathematical Functions, 26.4.4 (odd) and 26.4.5 (even).
Without SciPy, which the layer does not carry.
"""

import math
from collections.abc import Mapping
from typing import NamedTuple


class ChiSquare(NamedTuple):
    """The result of a test."""

    statistic: float
    freedom: int
    """Degrees of freedom."""
    p: float
    """Probability that chance alone deviates at least as far."""


def goodness_of_fit(observed: Mapping[str, int], shares: Mapping[str, float]) -> ChiSquare:
    """Test counts by name against the shares that were meant, which sum to 1; shares of 0 are left out."""
    total = sum(observed.values())
    meant = {name: share * total for name, share in shares.items() if share > 0}
    statistic = sum((observed.get(name, 0) - count) ** 2 / count for name, count in meant.items()) if total else 0.0
    return _tested(statistic, len(meant) - 1)


def independence(counts: Mapping[tuple[str, str], int]) -> tuple[ChiSquare, float]:
    """Test whether two assignments are independent, from the counts of their pairs; with Cramér's V in [0, 1]."""
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
    """The probability that a chi-square with this many degrees of freedom (1 or more) is at least this large."""
    half = statistic / 2
    if half == 0:
        return 1.0
    # Each term by its logarithm: for a table of 17 by 17 variants the powers are larger than a double can hold.
    powers = (i + freedom % 2 / 2 for i in range(freedom // 2))
    terms = math.fsum(math.exp(power * math.log(half) - half - math.lgamma(power + 1)) for power in powers)
    return min(1.0, terms + (math.erfc(math.sqrt(half)) if freedom % 2 else 0.0))


def _tested(statistic: float, freedom: int) -> ChiSquare:
    return ChiSquare(statistic, freedom, survival(statistic, freedom) if freedom else 1.0)
