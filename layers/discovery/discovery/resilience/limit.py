"""An adaptive limit: the share of searches that may ask a server, found by additive increase, multiplicative decrease.

Each environment has one search at a time. So how many requests a server has at once, from all environments together,
is in proportion to the share of searches that ask it. No environment knows the server's capacity or how many others
there are; each only sees whether its own requests succeed. Under that rule the shares still become equal, and their sum
swings about the capacity: Chiu and Jain, "Analysis of the Increase and Decrease Algorithms for Congestion Avoidance in
Computer Networks", 1989. TCP finds its window like this, and Netflix' concurrency-limits its `AIMDLimit`.
"""

_INCREASE = 0.05
"""Added to the share by each success: about 50 searches from the floor to the whole."""
_DECREASE = 0.7
"""Multiplies the share at each failure. In the fleet of the tests 0.5 swings further below the capacity, and 0.9 leaves
the server overloaded for longer."""
_FLOOR = 0.1
"""The least share: one search in ten finds out whether the server is well again."""


class AdaptiveLimit:
    """Admits a share of what asks, evenly spaced: at 0.25, every fourth."""

    def __init__(self) -> None:
        self.share = 1.0
        self._credit = 0.0

    def admits(self) -> bool:
        """Whether this one may ask."""
        self._credit += self.share
        if self._credit < 1:
            return False
        self._credit -= 1
        return True

    def succeeded(self) -> None:
        """A request did well."""
        self.share = min(1.0, self.share + _INCREASE)

    def failed(self) -> None:
        """A request did not, or was too late."""
        self.share = max(_FLOOR, self.share * _DECREASE)

    def undecided(self) -> None:
        """A request was given up for another's fault: nothing is learned."""
