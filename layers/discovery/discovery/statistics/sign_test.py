"""The sign test: whether more people prefer one of two things than the other."""

import math
from statistics import NormalDist

_EXACT_UP_TO = 200


def sign_test(for_first: int, for_second: int) -> float:
    """The two-sided p-value of counts of preferences; those who prefer neither are left out (Dixon and Mood 1946).

    Exact (binomial) up to 200 people, then by the normal distribution with a correction of half a person.
    """
    people, fewer = for_first + for_second, min(for_first, for_second)
    if people <= _EXACT_UP_TO:
        tail = sum(math.comb(people, count) for count in range(fewer + 1))
        return min(1.0, tail / 2 ** (people - 1)) if people else 1.0
    z = (people / 2 - fewer - 0.5) / math.sqrt(people / 4)
    return min(1.0, 2 * NormalDist().cdf(-z))
