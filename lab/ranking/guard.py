"""The guard: judged queries, asked as people. A weight must not make the query's own answer much worse."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lab.ranking.blended import WEIGHTS, by_finals, finals
from lab.ranking.measures import Floats, graded_ndcg
from lab.ranking.themes import Window
from lab.relevance.judgments import Collection

ASKED_AS = 20
"""People for each query."""
_SEED = 1
LEAST = 0.95
"""Of the anonymous NDCG@10, that a default weight must keep on titles and lists."""
GUARDED = ("titles", "lists")


@dataclass(frozen=True, eq=False)
class Asked:
    """A judged query and who asks it."""

    window: Window
    grades: NDArray[np.intp]
    """`[n]`: of the window's candidates; what was not judged has 0."""
    judged: NDArray[np.intp]
    people: NDArray[np.intp]


def asked(collection: Collection, windows: Sequence[Window], people: int) -> list[Asked]:
    """The queries of a collection that have an answer, each with the people drawn for it."""
    chance = np.random.default_rng(_SEED)
    queries = []
    for judged, window in zip(collection.queries, windows, strict=True):
        drawn = chance.choice(people, min(ASKED_AS, people), replace=False)
        grades = [judged.grades.get(content_id, 0) for content_id in window.ids]
        if judged.relevant and grades:
            all_grades = np.array(list(judged.grades.values()), dtype=np.intp)
            queries.append(Asked(window, np.array(grades, dtype=np.intp), all_grades, drawn))
    return queries


def kept(queries: Sequence[Asked], scores: Sequence[Sequence[Floats]], weight: float) -> float:
    """NDCG@10 as those people, in proportion to that of nobody in particular.

    `scores` has of each query what each of its people thinks of the candidates.
    """
    anonymous, personal = [], []
    for query, of_people in zip(queries, scores, strict=True):
        anonymous.append(graded_ndcg(query.grades, query.judged))
        orders = [by_finals(finals(query.window, one, weight)) for one in of_people]
        personal.append(float(np.mean([graded_ndcg(query.grades[order], query.judged) for order in orders])))
    return float(np.mean(personal) / np.mean(anonymous))


def passing(by_weight: Mapping[float, Mapping[str, float]]) -> list[float]:
    """The weights that keep enough on both sets."""
    return [weight for weight in WEIGHTS if all(by_weight[weight][name] >= LEAST for name in GUARDED)]
