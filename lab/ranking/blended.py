"""End to end, in process: what a search finds, blended with a person's scores by weight, as the pipeline does it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from discovery.personalization.blending import blend
from discovery.statistics.churn import churn
from lab.ranking.cases import Case, Cases, Liking
from lab.ranking.measures import DEPTH, Floats, intra_list_similarity, ndcg
from lab.ranking.themes import Window
from sona.mmr import diversified

WEIGHTS = (0.0, 0.15, 0.2, 0.25, 0.4, 0.6, 1.0)
"""The five of the variants, one between, and scores alone."""
DIVERSITIES = (0.0, 0.1, 0.3)
Order = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Ordered:
    """What came of one weight, by case."""

    ndcg: Floats
    churn: Floats
    similarity: Floats
    """Of the first ten to one another."""


def finals(window: Window, scores: Floats, weight: float) -> Floats:
    """What orders the window, `[n]`."""
    if weight == 0:
        return window.candidates.relevance
    blended = blend(window.candidates, dict(zip(window.ids, scores.tolist(), strict=True)), weight)
    return window.candidates.relevance if blended is None else blended.finals


def by_finals(values: Floats) -> Order:
    """The greatest first; equals as they came."""
    return np.argsort(-values, kind="stable")


def diverse(values: Floats, window: Window, diversity: float) -> Order:
    """The same by maximal marginal relevance, with `values` brought to [0, 1] first."""
    spread = np.ptp(values)
    scaled = (values - values.min()) / spread if spread else np.zeros(len(values))
    return diversified(scaled, window.vectors, len(values), diversity)


def ordered(cases: Cases, liking: Liking, weight: float, diversity: float = 0.0) -> Ordered:
    """Order each case's window by a weight."""

    def order(window: Window, scores: Floats) -> Order:
        values = finals(window, scores, weight)
        return diverse(values, window, diversity) if diversity else by_finals(values)

    return _measured(cases, liking, order)


def _measured(cases: Cases, liking: Liking, order: Callable[[Window, Floats], Order]) -> Ordered:
    rows = [_one(case, cases.windows[case.window], scores, order) for case, scores in cases.liked(liking)]
    return Ordered(*(np.array(column) for column in zip(*rows, strict=True)))


def _one(
    case: Case, window: Window, scores: Floats, order: Callable[[Window, Floats], Order]
) -> tuple[float, float, float]:
    places = order(window, scores)
    good = case.good[places][case.fresh[places]]
    control: Sequence[int] = range(len(places))
    return ndcg(good), churn(control, places.tolist(), depth=DEPTH), intra_list_similarity(window.vectors[places])
