"""Evidence by words. Pure; houses count and search them.

    evidence = (1 − p) · BM25 / best BM25 · (1 − s + s · share)  +  p · phrases

`share` is how much of the query a document has: the inverse document frequencies of its words that the document holds,
over those of all words. `phrases` is the same for pairs of words that follow each other. A document matches if its
share is enough; so a word that everybody uses finds nothing by itself, beside rarer ones.

A search gives one number for each hit, so that number holds two: the share in so many steps, times `STEP`, and BM25.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Self

import numpy as np
from numpy.typing import NDArray

from discovery.retrieval.ranking import Ranking
from discovery.scoring import WordScoring

STEP = 1024.0
"""BM25 stays far below; single precision, in which engines count, keeps it to within 0.01."""
_STEPS = 64
_TELLING = 1.0
"""Inverse document frequency of a word in three of eight titles; pairs with a more frequent word ("of the") say
nothing, and are in thousands of texts."""
NO_SCORE = 1e-9
"""Where all is found, as by `*` or by a word that every title has, BM25 says nothing."""

Values = NDArray[np.float64]


def inverse_frequency(documents: int, frequency: int) -> float:
    """BM25's, of a term in so many of all documents.

    Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009.
    """
    return math.log(1 + (documents - frequency + 0.5) / (frequency + 0.5))


@dataclass(frozen=True)
class Weighed:
    """The words of a query, as they count."""

    words: Sequence[str]
    """In their order, repeated where they are."""
    weights: Mapping[str, float]
    """Inverse document frequencies of all."""
    steps: Mapping[str, int]
    """The share of each that the catalogue has, in so many steps; the weightiest first."""
    least: float
    """Steps that make a match."""

    @classmethod
    def of(cls, words: Sequence[str], frequencies: Mapping[str, int], documents: int, scoring: WordScoring) -> Self:
        """Words, of which each is in so many of all documents."""
        weights = {word: inverse_frequency(documents, frequencies[word]) for word in dict.fromkeys(words)}
        total = sum(weights.values())
        steps = {word: max(1, round(_STEPS * weights[word] / total)) for word in weights if frequencies[word]}
        return cls(
            words,
            weights,
            {word: steps[word] for word in sorted(steps, key=lambda word: -steps[word])},
            scoring.least_share * sum(steps.values()),
        )

    @property
    def essential(self) -> list[str]:
        """The weightiest words: without any of them, the rest together weigh too little for a match.

        Documents that hold none of them are not looked at (the essential lists of Turtle and Flood's MaxScore, 1995).
        """
        rest = sum(self.steps.values())
        essential: list[str] = []
        for word, steps in self.steps.items():
            if rest < self.least:
                break
            essential.append(word)
            rest -= steps
        return essential

    @property
    def pairs(self) -> dict[tuple[str, str], float]:
        """Pairs of words that follow each other and tell something, and the share of all that each is."""
        pairs = [
            (min(self.weights[first], self.weights[second]), (first, second))
            for first, second in pairwise(self.words)
            if first != second and min(self.weights[first], self.weights[second]) >= _TELLING
        ]
        total = sum(weight for weight, _ in pairs)
        shares: dict[tuple[str, str], float] = {}
        for weight, pair in pairs:
            shares[pair] = shares.get(pair, 0.0) + weight / total
        return shares

    def matching(self, rows: NDArray[np.intp], encoded: Values, scoring: WordScoring) -> Ranking:
        """What matches, of rows and the numbers of steps and BM25 that were found; its evidence is without phrases."""
        held = np.floor(encoded / STEP)
        matching = held >= self.least
        rows, held, scores = rows[matching], held[matching], (encoded - held * STEP)[matching]
        share = np.minimum(held / _STEPS, 1.0)
        best = max(scores.max(initial=0.0), NO_SCORE)
        return Ranking(rows, scores / best * (1 - scoring.share + scoring.share * share), scores)

    def with_phrases(self, ranking: Ranking, phrases: Values, scoring: WordScoring) -> Ranking:
        """A ranking with the share of pairs that each of its rows has side by side."""
        if len(self.steps) <= 1:
            return ranking
        evidence = (1 - scoring.phrase) * ranking.evidence + scoring.phrase * phrases
        return Ranking(ranking.rows, evidence, ranking.scores)
