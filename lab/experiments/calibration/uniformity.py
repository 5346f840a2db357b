"""Kolmogorov's test of whether p-values are uniform."""

import math
from collections.abc import Sequence


def kolmogorov_smirnov(p_values: Sequence[float]) -> tuple[float, float]:
    """The greatest distance of their distribution from the uniform one, and its asymptotic p-value.

    Kolmogorov 1933, with the correction for few values of Stephens, "Use of the Kolmogorov–Smirnov, Cramér–von Mises
    and Related Statistics without Extensive Tables", Journal of the Royal Statistical Society B 32, 1970.
    """
    ordered, n = sorted(p_values), len(p_values)
    distance = max(max((i + 1) / n - p, p - i / n) for i, p in enumerate(ordered))
    scaled = distance * (math.sqrt(n) + 0.12 + 0.11 / math.sqrt(n))
    tail = 2 * sum((-1) ** (k - 1) * math.exp(-2 * (k * scaled) ** 2) for k in range(1, 101))
    return distance, min(1.0, max(0.0, tail)) if scaled > 0.2 else 1.0  # noqa: PLR2004 - below, the series is 1
