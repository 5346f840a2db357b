"""Tuning the weights of evidence on judgments: coordinate search, cross-validated, the same at every run.

The evidence for every title that a query finds is gathered once; under other weights only the sum is made anew. One
weight at a time is multiplied by a few factors and kept where the objective rises, until none does.
"""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from discovery.retrieval.evidence import parts_of_relevance, sum_of_parts
from lab.relevance.judgments import Collection, Judged
from lab.relevance.systems import Ours

FOLDS = 5
_FACTORS = (0.5, 0.75, 1.33, 2.0)
_LEAST_GAIN = 1e-4
_ROUNDS = 5
_CUT, _DEPTH = 10, 100

Weights = Mapping[str, float]


@dataclass(frozen=True)
class Gathered:
    """A query, the evidence for all that it finds, and the grades of these."""

    judged: Judged
    fold: int
    evidence: Mapping[str, NDArray[np.float64]]
    grades: NDArray[np.intp]

    def gain(self, weights: Weights) -> float:
        """NDCG@10, and half as much of recall@100."""
        relevance = sum_of_parts(parts_of_relevance(self.evidence, weights))
        found = self.grades[np.argsort(-relevance, kind="stable")[:_DEPTH]]
        ideal = np.sort([grade for grade in self.judged.grades.values() if grade > 0])[::-1][:_CUT]
        recall = np.count_nonzero(found) / len(self.judged.relevant)
        return _discounted(found[:_CUT]) / _discounted(ideal) + recall / 2


def _discounted(grades: NDArray[np.intp]) -> float:
    return float(np.sum((2.0**grades - 1) / np.log2(np.arange(2, len(grades) + 2))))


def gathered(collection: Collection, system: Ours) -> list[Gathered]:
    """Search each query that has an answer once."""
    weights = system.index.weights
    rows = []
    for judged in collection.queries:
        if not judged.relevant:
            continue
        found = system.find(judged.query)
        ids = system.index.content_ids(found, len(found))
        # In proportion to the evidence, which is all that an order depends on.
        evidence = {kind: part / weights[kind] for kind, part in found.parts.items()}
        grades = np.array([max(0, judged.grades.get(content_id, 0)) for content_id in ids], dtype=np.intp)
        fold = zlib.crc32((judged.subject or judged.query).encode()) % FOLDS
        rows.append(Gathered(judged, fold, evidence, grades))
    return rows


def objective(sets: Sequence[Sequence[Gathered]], weights: Weights) -> float:
    """The mean over sets of the mean gain of their queries, so that a small set counts as much as a large one."""
    return float(np.mean([np.mean([one.gain(weights) for one in rows]) for rows in sets if rows]))


def ablated(sets: Mapping[str, Sequence[Gathered]], weights: Weights) -> dict[str, dict[str, float]]:
    """By kind of evidence, and `nothing`: the mean gain of each set without its weight."""
    without = {"nothing": dict(weights)} | {kind: {**weights, kind: 0.0} for kind in weights}
    return {
        kind: {name: float(np.mean([one.gain(left) for one in rows])) for name, rows in sets.items()}
        for kind, left in without.items()
    }


def tuned(sets: Sequence[Sequence[Gathered]], start: Weights) -> dict[str, float]:
    """The weights that coordinate search ends at."""
    best, value = dict(start), objective(sets, start)
    for _ in range(_ROUNDS):
        before = value
        for kind in start:
            for factor in _FACTORS:
                tried = best | {kind: best[kind] * factor}
                if (reached := objective(sets, tried)) > value + _LEAST_GAIN:
                    best, value = tried, reached
        if value == before:
            break
    return best


def cross_validated(sets: Sequence[Sequence[Gathered]], start: Weights) -> tuple[float, float]:
    """The objective on held-out folds, with the weights at the start and with those tuned on the other folds."""
    untouched, held_out = [], []
    for fold in range(FOLDS):
        weights = tuned([[one for one in rows if one.fold != fold] for rows in sets], start)
        test = [[one for one in rows if one.fold == fold] for rows in sets]
        untouched.append(objective(test, start))
        held_out.append(objective(test, weights))
    return float(np.mean(untouched)), float(np.mean(held_out))
