"""Welch's interval and test: the difference of two estimates whose variances differ.

Welch, "The Generalization of 'Student's' Problem when Several Different Population Variances are Involved", Biometrika
34, 1947. For whoever looks once, at a time fixed beforehand.
"""

import math

from discovery.statistics.interval import Interval, around
from discovery.statistics.student_t import critical, two_sided

CONFIDENCE = 0.95


def freedom(variances: tuple[float, float], people: tuple[int, int]) -> float:
    """Degrees of freedom (Satterthwaite) of the difference of two estimates with these variances, not both 0."""
    total = sum(variances)
    return total**2 / sum(variance**2 / (n - 1) for variance, n in zip(variances, people, strict=True))


def interval(difference: float, standard_error: float, freedom: float) -> Interval:
    """The 95 % interval of a difference, in its unit."""
    return around(difference, critical(CONFIDENCE, freedom) * standard_error)


def p_value(difference: float, standard_error: float, freedom: float) -> float:
    """The two-sided probability of a difference at least as large by chance."""
    return two_sided(difference / standard_error, freedom) if standard_error > 0 else float(math.isclose(difference, 0))
