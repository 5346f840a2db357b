"""Student's t distribution: probabilities and quantiles. Pure; without SciPy, which the layer does not carry.

By the incomplete beta function: Abramowitz and Stegun, 26.7.1, whose continued fraction (26.5.8) is evaluated as by
Lentz, in Press et al., Numerical Recipes, 3rd edition, 6.4. Correct to nine digits.
"""

import math
from functools import lru_cache
from statistics import NormalDist

_NORMAL = NormalDist()
_AS_GOOD_AS_NORMAL = 1e7
"""Degrees of freedom from which on the two differ by less than the ninth digit."""
_MANY = 100.0
"""Degrees of freedom from which on an expansion around the normal quantile is as good as a search, and much faster."""
_TINY = 1e-300
_PRECISE = 1e-14
_STEPS = 500


def two_sided(t: float, freedom: float) -> float:
    """The probability of a value at least as far from 0; `freedom` is above 0 and need not be whole."""
    if freedom >= _AS_GOOD_AS_NORMAL:
        return math.erfc(abs(t) / math.sqrt(2))
    return _incomplete_beta(freedom / 2, 0.5, freedom / (freedom + t * t))


@lru_cache(maxsize=1024)
def critical(confidence: float, freedom: float) -> float:
    """The t which a share of `confidence` (0 to 1) lies nearer to 0 than."""
    z = _NORMAL.inv_cdf((1 + confidence) / 2)
    if freedom >= _MANY:
        return _expanded(z, freedom)
    low, high = 0.0, z
    while two_sided(high, freedom) > 1 - confidence:
        low, high = high, 2 * high
    while high - low > 1e-10 * high:
        middle = (low + high) / 2
        if two_sided(middle, freedom) > 1 - confidence:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _expanded(z: float, freedom: float) -> float:
    """Abramowitz and Stegun, 26.7.5."""
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return z + sum(term / freedom ** (place + 1) for place, term in enumerate(terms))


def _incomplete_beta(a: float, b: float, x: float) -> float:
    if x <= 0 or x >= 1:
        return float(x >= 1)
    scale = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    if x < (a + 1) / (a + b + 2):
        return math.exp(scale) * _fraction(a, b, x) / a
    return 1 - math.exp(scale) * _fraction(b, a, 1 - x) / b


def _fraction(a: float, b: float, x: float) -> float:
    above, below = 1.0, 1 / _off_zero(1 - (a + b) * x / (a + 1))
    value = below
    for m in range(1, _STEPS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for coefficient in (even, odd):
            below = 1 / _off_zero(1 + coefficient * below)
            above = _off_zero(1 + coefficient / above)
            value *= above * below
        if abs(above * below - 1) < _PRECISE:
            break
    return value


def _off_zero(value: float) -> float:
    return value if abs(value) > _TINY else _TINY
