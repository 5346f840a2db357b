"""Fusing rankings: weighted reciprocal rank fusion, then relevance in [0, 1].

    rrf(d) = Σ_i  w_i / (k + rank_i(d))            rank_i from 1; a list without d adds nothing

Cormack, Clarke and Büttcher, "Reciprocal Rank Fusion outperforms Condorcet and individual Rank Learning Methods",
SIGIR 2009 (k = 60); the weights are the usual extension.
"""

from collections.abc import Mapping, Sequence


def reciprocal_rank_fusion(rankings: Sequence[tuple[float, Sequence[int]]], *, k: int) -> list[tuple[int, float]]:
    """Fuse (weight, rows best first) pairs into (row, score) pairs, best first, ties by row."""
    scores: dict[int, float] = {}
    for weight, rows in rankings:
        for rank, row in enumerate(rows, start=1):
            scores[row] = scores.get(row, 0.0) + weight / (k + rank)
    return sorted(scores.items(), key=lambda item: (-item[1], item[0]))


def min_max(scores: Sequence[float]) -> list[float]:
    """Scale scores to [0, 1]; where that can't be done (one score, all equal), everything is 1."""
    if not scores:
        return []
    low, high = min(scores), max(scores)
    if high == low:
        return [1.0] * len(scores)
    return [(score - low) / (high - low) for score in scores]


def popularity_prior(rows: Sequence[int], popularity: Mapping[int, float]) -> list[int]:
    """The rows in order of popularity; those without one are left out, so that they gain no rank by chance."""
    known = [row for row in rows if popularity[row] > 0]
    return sorted(known, key=lambda row: (-popularity[row], row))
