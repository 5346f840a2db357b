"""How well a model foretells what people like next: each person's likes split in time, all other titles ranked.

The first 80 % of somebody's likes are known, with everything else met before; the rest is held out. NDCG@10 is that of
the held-out likes among all titles that were not known (Järvelin & Kekäläinen 2002, with gains of 0 and 1).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sona.history import History
from sona.model.model import Model
from sona.profile import Profile
from sona.scoring import score, taste_of

FEWEST_LIKES = 20
_KNOWN = 0.8
DEPTH = 10
_DISCOUNT = 1 / np.log2(np.arange(2, DEPTH + 2))


@dataclass(frozen=True, eq=False)
class Case:
    """A person whose later likes are held out."""

    known: History
    held_out: NDArray[np.uint64]
    """Title keys, ascending."""


@dataclass(frozen=True, eq=False)
class Outcome:
    """What came of it."""

    ndcg: float
    popularity_ndcg: float
    """Of the popularity at the time alone, on the same cases."""
    evidence: NDArray[np.float64]
    """Of the held-out likes, of all cases together."""
    random_evidence: NDArray[np.float64]
    """Of as many titles of each case that were neither known nor held out, drawn at random."""


def split(
    histories: list[History], likes: Callable[[History], NDArray[np.bool_]], most: int, seed: int
) -> dict[int, Case]:
    """The cases by place in `histories`: at most so many of those with enough likes, drawn by the seed."""
    able = [place for place, history in enumerate(histories) if likes(history).sum() >= FEWEST_LIKES]
    if len(able) > most:
        able = sorted(np.random.default_rng(seed).choice(able, most, replace=False).tolist())
    return {place: _case(histories[place], likes(histories[place])) for place in able}


def evaluate(model: Model, cases: list[Case], progress: Callable[[int], None] = lambda _: None) -> Outcome | None:
    """Rank all titles for each case; None where the model has none of those held out.

    `progress` is told how many more cases are done.
    """
    gained, by_popularity, evidence, of_random = [], [], [], []
    every = np.arange(model.size)
    generator = np.random.default_rng(model.manifest.seed)
    for case in cases:
        held_out = model.rows_of_keys(case.held_out)
        held_out = held_out[held_out >= 0]
        progress(1)
        if not len(held_out):
            continue
        taste = taste_of(Profile(1, case.known), model)
        found = score(taste, model, every)
        scores = found.scores
        scores[taste.rows] = -1
        popular = model.popularity_in(taste.year or 0).astype(np.float64)
        popular[taste.rows] = -1
        gained.append(_ndcg(scores, held_out))
        by_popularity.append(_ndcg(popular, held_out))
        evidence.append(found.evidence[held_out])
        others = np.setdiff1d(np.flatnonzero(scores >= 0), held_out)
        drawn = generator.choice(others, min(len(held_out), len(others)), replace=False)
        of_random.append(found.evidence[drawn])
    if not gained:
        return None
    ndcg, popularity_ndcg = float(np.mean(gained)), float(np.mean(by_popularity))
    return Outcome(ndcg, popularity_ndcg, np.concatenate(evidence), np.concatenate(of_random))


def _case(history: History, likes: NDArray[np.bool_]) -> Case:
    in_time = np.flatnonzero(likes)[np.argsort(history.at[likes], kind="stable")]
    known_likes = in_time[: int(len(in_time) * _KNOWN)]
    held_out = in_time[len(known_likes) :]
    before = history.at < history.at[held_out[0]]
    before[known_likes] = True
    before[held_out] = False
    return Case(history.only(before), np.sort(history.keys[held_out]))


def _ndcg(scores: NDArray[np.float64], good: NDArray[np.intp]) -> float:
    best = np.argsort(-scores, kind="stable")[:DEPTH]
    gains = np.isin(best, good) @ _DISCOUNT[: len(best)]
    return float(gains / _DISCOUNT[: min(DEPTH, len(good))].sum())
