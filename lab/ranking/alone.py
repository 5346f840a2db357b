"""Likings alone, over the films that somebody rated: what a recommender knows of people, whatever the query says."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lab.ranking.cases import Cases
from lab.ranking.measures import Floats
from lab.ranking.ratings import Person
from lab.ranking.recommenders import Learner, Recommender
from sona.history import History

FOLDS = 5
NEWCOMERS = (10, 0)
"""How many events a newcomer has."""
FED, OTHERS = "everybody fed", "other people"


@dataclass(frozen=True, eq=False)
class Situation:
    """What a recommender knows, and how well it does by case."""

    name: str
    ndcg: Floats
    """`[cases]`."""


def situations(learner: Learner, people: Sequence[Person], cases: Cases) -> list[Situation]:
    """Learned from everybody; then from others than the person measured, who has all their events, or few, or none."""
    histories = [person.history() for person in people]
    everybody = learner(histories)
    by_fold = [_without(learner, histories, fold) for fold in range(FOLDS)]
    measured = [Situation(FED, cases.ndcg(lambda person: everybody(histories[person])))]
    known = {OTHERS: histories} | {
        f"first {count} events": [person.history(count) for person in people] for count in NEWCOMERS
    }
    for name, given in known.items():
        measured.append(Situation(name, _by_others(cases, by_fold, given)))
    return measured


def fold_of(person: int) -> int:
    """The fold of a person by place."""
    return person % FOLDS


def by_person(cases: Cases, values: Floats) -> list[list[float]]:
    """The values of cases, those of each person together."""
    people = cases.people
    return [values[people == person].tolist() for person in np.unique(people)]


def _without(learner: Learner, histories: Sequence[History], fold: int) -> Recommender:
    return learner([history for person, history in enumerate(histories) if fold_of(person) != fold])


def _by_others(cases: Cases, by_fold: Sequence[Recommender], histories: Sequence[History]) -> Floats:
    return cases.ndcg(lambda person: by_fold[fold_of(person)](histories[person]))
