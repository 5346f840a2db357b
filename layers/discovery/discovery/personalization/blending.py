"""The blend: relevance and liking as one number, and the order that follows from it.

    final = relevance · (1 − w) + score · w        relevance, score and w in [0, 1]

An item without a score gets the median of the scores that did arrive, so that it neither gains nor loses by it.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median  # numpy's takes numpy.ma, which the layer leaves out

import numpy as np
from numpy.typing import ArrayLike, NDArray

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
    neutral: NDArray[np.bool_]
    """Whether the score is the median for want of its own."""
    finals: NDArray[np.float64]


def blend(content_ids: Sequence[str], relevance: ArrayLike, scores: Mapping[str, float], weight: float) -> Blend:
    """Blend candidates, given best first, and rank them by the result; ties keep the order they came in.

    Raises:
        ValueError: there is no score at all, so that no median exists.
    """
    if not scores:
        raise ValueError("a blend needs at least one score")
    own = np.array([scores.get(content_id, math.nan) for content_id in content_ids])
    neutral = np.isnan(own)
    blended = np.where(neutral, median(scores.values()), own)
    finals = np.asarray(relevance) * (1 - weight) + blended * weight
    return Blend(np.argsort(-finals, kind="stable"), blended, neutral, finals)


def blend_scores(candidates: Candidates, scores: Mapping[str, Score], weight: float) -> Blend | None:
    """The blend of candidates, given best first, with the scores at hand, by content id; None where there are none."""
    if not scores:
        return None
    values = {content_id: score.value for content_id, score in scores.items()}
    return blend(candidates.content_ids, candidates.relevance, values, weight)
