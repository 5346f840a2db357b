"""Calibration: a person's scores brought to the mean and spread that relevance has in the reranking window.

    deviation  = (score − score_mean) / max(score_spread, 0.02), kept within −5 and 5
    calibrated = relevance_mean + deviation · relevance_spread

A weighted sum of two numbers follows the one that varies more, and SONA's scores of one person vary by a few hundredths
where relevance varies by tenths. The order is that of a weighted sum of z-scores, and the scale is that of relevance.

Both limits are for scores that say little. A spread of thousandths is no preference, and is not stretched into one. And
one known title among a hundred that nobody met is ten spreads above their mean, which would put it before the title
that was asked for. docs/adr/0031 has the figures that chose them.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

import numpy as np
from numpy.typing import NDArray

_NO_SPREAD = 1e-9
"""Spreads below are rounding errors of numbers that are equal: the mean of ten times 0.1 is not always 0.1."""

_LEAST_SCORE_SPREAD = 0.02
_MOST_SPREADS = 5.0


@dataclass(frozen=True)
class Calibration:
    """What the scores of a window are calibrated by; spreads are population standard deviations, 0 of equal numbers."""

    relevance_mean: float
    relevance_spread: float
    score_mean: float
    """Of the candidates with a score of their own, like its spread."""
    score_spread: float
    least_score_spread: float = _LEAST_SCORE_SPREAD
    """Scores that vary less are divided by this one."""
    most_spreads: float = _MOST_SPREADS
    """How many of relevance's spreads a score may be away from the mean."""

    @classmethod
    def measured(cls, relevance: Sequence[float], scores: Sequence[float]) -> "Calibration":
        """Of a window's relevance and the scores that arrived; neither may be empty."""
        return cls(*_mean_and_spread(relevance), *_mean_and_spread(scores))

    def applied(self, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        """`[n]` scores, NaN for want of one, calibrated; for want of one it is the mean relevance.

        Where all scores are equal they say nothing, so all are the mean relevance. Where all relevances are equal, the
        scores keep a spread of their own, without limits, since they alone can order.
        """
        if self.score_spread == 0:
            return np.full_like(scores, self.relevance_mean)
        deviations = scores - self.score_mean
        if self.relevance_spread > 0:
            spreads = deviations / max(self.score_spread, self.least_score_spread)
            deviations = np.clip(spreads, -self.most_spreads, self.most_spreads) * self.relevance_spread
        return np.where(np.isnan(scores), self.relevance_mean, self.relevance_mean + deviations)


def _mean_and_spread(values: Sequence[float]) -> tuple[float, float]:
    mean = fmean(values)  # sums exactly, so that it does not depend on the order of the candidates
    spread = math.sqrt(fmean((value - mean) ** 2 for value in values))
    return mean, spread if spread >= _NO_SPREAD else 0.0
