"""The false discovery rate of many tests: Benjamini and Hochberg, "Controlling the False Discovery Rate", 1995."""

from collections.abc import Sequence


def adjusted(p_values: Sequence[float]) -> list[float]:
    """Each p-value, so that of the findings, those at most 0.05, a share of at most 0.05 is false on average.

    The i-th smallest of m is multiplied by m / i, and is at most the adjusted value of the next.
    """
    order = sorted(range(len(p_values)), key=p_values.__getitem__, reverse=True)
    least, found = 1.0, [1.0] * len(p_values)
    for place, index in enumerate(order):
        least = min(least, p_values[index] * len(p_values) / (len(p_values) - place))
        found[index] = least
    return found
