"""The measures of a run, by ir-measures. Grades gain 2^grade − 1, so that a perfect answer counts for much more."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import mean

import ir_measures
from ir_measures import RR, R, Success, nDCG

from lab.relevance.judgments import Judged

DEPTH = 100
"""Results of each query that are looked at."""

MEASURES = {
    "NDCG@10": nDCG @ 10,
    "recall@100": R @ 100,
    "MRR": RR @ 100,
    "success@1": Success @ 1,
    "success@5": Success @ 5,
    "success@10": Success @ 10,
}


@dataclass(frozen=True)
class Scored:
    """A judged query and the measures of its answer."""

    judged: Judged
    found: Sequence[str]
    """The content ids of the answer, best first."""
    values: Mapping[str, float]


def scored(queries: Sequence[Judged], answers: Sequence[Sequence[str]]) -> list[Scored]:
    """Measure answers; a query without relevant titles counts only as whether nothing was found for it."""
    judgments = [
        ir_measures.Qrel(str(number), content_id, 2**grade - 1)
        for number, judged in enumerate(queries)
        for content_id, grade in judged.grades.items()
    ]
    ranking = [
        ir_measures.ScoredDoc(str(number), content_id, -place)
        for number, found in enumerate(answers)
        for place, content_id in enumerate(found[:DEPTH])
    ]
    by_query: dict[int, dict[str, float]] = {number: {} for number in range(len(queries))}
    names = {measure: name for name, measure in MEASURES.items()}
    for one in ir_measures.iter_calc(list(names), judgments, ranking):
        by_query[int(one.query_id)][names[one.measure]] = one.value
    return [
        Scored(judged, found, by_query[number] if judged.relevant else dict.fromkeys(MEASURES, float(not found)))
        for number, (judged, found) in enumerate(zip(queries, answers, strict=True))
    ]


def means(of: Iterable[Scored]) -> dict[str, float]:
    """The mean of each measure; what was not measured for a query, as nothing was found, is 0."""
    rows = list(of)
    return {name: mean(row.values.get(name, 0.0) for row in rows) for name in MEASURES}
