"""When searches arrive: an open loop, in which nobody waits for the search before."""

import random


def arrivals(per_second: float, seconds: float, chance: random.Random) -> list[float]:
    """Moments in [0, seconds) of a Poisson process, in order: the gaps are exponentially distributed."""
    moments: list[float] = []
    moment = chance.expovariate(per_second)
    while moment < seconds:
        moments.append(moment)
        moment += chance.expovariate(per_second)
    return moments
