"""A relative difference with Fieller's interval.

Fieller, "Some Problems in Interval Estimation", Journal of the Royal Statistical Society B 16, 1954.

Not the delta method, for three reasons. Fieller's interval lies above 0 just when that of the difference does, so that
no sentence contradicts another. It is not symmetric where control's mean is uncertain, as the truth is not. And it
holds for any critical value: for each ratio r, variant − r · control is itself a difference of means, so the boundary
of a confidence sequence makes a confidence sequence of the ratio.
"""

import math

from discovery.statistics.interval import Interval


def relative_interval(
    variant: float, control: float, variances: tuple[float, float], covariance: float, critical: float
) -> Interval:
    """The bounds of variant / control − 1, as shares: 0.03 is +3 %.

    They hold every r with (variant − (1 + r) · control)² ≤ critical² · its variance. There are none where control's
    own interval holds 0, for then any ratio may be.

    Args:
        variant: a mean, as is control.
        control: in the same unit.
        variances: of the two, in that order.
        covariance: of the two; 0 where they share nothing.
        critical: in standard errors, such as 1.96.
    """
    square = critical**2
    a = control**2 - square * variances[1]
    b = variant * control - square * covariance
    c = variant**2 - square * variances[0]
    if a <= 0:
        return Interval(None, None)
    root = math.sqrt(max(0.0, b * b - a * c))
    low, high = sorted(((b - root) / a, (b + root) / a))
    return Interval(low - 1, high - 1)
