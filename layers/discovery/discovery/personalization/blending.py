"""The blend: relevance and liking as one number, and the order that follows from it.

    final = relevance · (1 − w) + calibrated score · w        relevance and w in [0, 1]

The score is calibrated to relevance's mean and spread first. An item without a score gets the mean, so that it neither
gains nor loses by it. So both the calibrated score and `final` may leave [0, 1].
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from discovery.personalization.calibration import Calibration
from discovery.sona.contract import Score


@dataclass(frozen=True, eq=False)
class Candidates:
    """What personalization needs to know of n candidates, best first."""

    content_ids: Sequence[str]
    relevance: NDArray[np.float64]
    """`[n]`, in [0, 1]."""

    def __len__(self) -> int:
        return len(self.content_ids)


@dataclass(frozen=True, eq=False)
class Blend:
    """Candidates after the blend; each array has a number for each candidate, in the order they came in."""

    order: NDArray[np.intp]
    """Places among the candidates (from 0), best first."""
    scores: NDArray[np.float64]
    """Calibrated; the mean relevance for want of a score."""
    finals: NDArray[np.float64]
    calibration: Calibration


def blend(candidates: Candidates, scores: Mapping[str, float], weight: float) -> Blend | None:
    """Blend candidates, given best first, with scores by content id, and rank them; ties keep the order they came in.

    None where no candidate has a score, so that there is nothing to blend.
    """
    own = [scores[content_id] for content_id in candidates.content_ids if content_id in scores]
    if not own:
        return None
    calibration = Calibration.measured(candidates.relevance.tolist(), own)
    raw = np.array([scores.get(content_id, math.nan) for content_id in candidates.content_ids])
    calibrated = calibration.applied(raw)
    final = finals(candidates.relevance, calibrated, weight)
    return Blend(np.argsort(-final, kind="stable"), calibrated, final, calibration)


def finals(
    relevance: NDArray[np.float64], calibrated: NDArray[np.float64], weight: float | NDArray[np.float64]
) -> NDArray[np.float64]:
    """`[n]` numbers to rank by, best greatest; `[w, n]` of weights `[w, 1]`."""
    return relevance * (1 - weight) + calibrated * weight


def blend_scores(candidates: Candidates, scores: Mapping[str, Score], weight: float) -> Blend | None:
    """The blend of candidates, given best first, with SONA's answers, by content id; None where there are none."""
    return blend(candidates, {content_id: score.value for content_id, score in scores.items()}, weight)
