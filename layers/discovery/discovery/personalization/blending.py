"""The blend: relevance and liking as one number, and the order that follows from it.

    final = relevance · (1 − w) + score · w        relevance, score and w in [0, 1]

An item without a score gets the median of the scores that did arrive, so that it neither gains nor loses by it.
"""

from collections.abc import Mapping, Sequence
from statistics import median
from typing import NamedTuple

from discovery.sona.contract import Score


class Candidate(NamedTuple):
    """What personalization needs to know of a candidate; relevance in [0, 1]."""

    content_id: str
    relevance: float


class Blended(NamedTuple):
    """One candidate after the blend."""

    rank_before: int
    """Place among the candidates before, from 1."""
    relevance: float
    score: float
    neutral: bool
    """Whether the score is the median for want of its own."""
    final: float


def blend(
    content_ids: Sequence[str], relevance: Sequence[float], scores: Mapping[str, float], weight: float
) -> list[Blended]:
    """Blend candidates, given best first, and rank them by the result; ties keep the order they came in.

    Raises:
        ValueError: there is no score at all, so that no median exists.
    """
    if not scores:
        raise ValueError("a blend needs at least one score")
    neutral = median(scores.values())
    blended = []
    for rank, (content_id, relevant) in enumerate(zip(content_ids, relevance, strict=True), start=1):
        own = scores.get(content_id)
        score = neutral if own is None else own
        final = relevant * (1 - weight) + score * weight
        blended.append(Blended(rank, relevant, score, own is None, final))
    return sorted(blended, key=lambda item: (-item.final, item.rank_before))


def blend_scores(candidates: Sequence[Candidate], scores: Mapping[str, Score], weight: float) -> list[Blended] | None:
    """The blend of candidates, given best first, with the scores at hand, by content id; None where there are none."""
    if not scores:
        return None
    return blend(
        [candidate.content_id for candidate in candidates],
        [candidate.relevance for candidate in candidates],
        {content_id: score.value for content_id, score in scores.items()},
        weight,
    )
