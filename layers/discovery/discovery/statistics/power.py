"""How small a difference can be found, and how many people that takes.

Of a test of size 5 % and power 80 %: found is a difference of (critical value + z(power)) standard errors. Kohavi, Tang
and Xu, Trustworthy Online Controlled Experiments, 2020, chapter 17.
"""

import math
from collections.abc import Callable
from statistics import NormalDist

POWER = 0.8
_Z = NormalDist().inv_cdf(POWER)
_MOST = 1e12

type Critical = Callable[[float], float]
"""The critical value in standard errors, by the number of people: 1.96 for any, or a boundary of `sequences.py`."""


def fixed(_: float) -> float:
    """The critical value of a single look at 5 %, two-sided."""
    return NormalDist().inv_cdf(0.975)


def detectable(spread: float, people: float, critical: Critical) -> float:
    """The minimal detectable effect, in the unit of `spread`, which is the standard error times √people."""
    return (critical(people) + _Z) * spread / math.sqrt(people)


def people_needed(spread: float, difference: float, critical: Critical) -> float:
    """How many people it takes to find a difference above 0; infinite beyond 10¹²."""
    low, high = 1.0, 2.0
    while detectable(spread, high, critical) > difference:
        low, high = high, 2 * high
        if high > _MOST:
            return math.inf
    while high - low > 0.5:  # noqa: PLR2004 - of a person
        middle = (low + high) / 2
        if detectable(spread, middle, critical) > difference:
            low = middle
        else:
            high = middle
    return high
