"""Cases, and likings that order them."""

import numpy as np

from lab.ranking.alone import by_person
from lab.ranking.cases import Cases
from lab.ranking.ratings import Person, Rating
from tests.unit.lab.ranking.made import a_window

ANA = Person("ana", [Rating(1, "heat", 5.0)], frozenset({"aliens"}))
BEN = Person("ben", [Rating(1, "alien", 5.0)], frozenset({"elsewhere"}))
CEM = Person("cem", [], frozenset({"paprika", "heat"}))
CASES = Cases.of([ANA, BEN, CEM], [a_window()])


def test_there_is_a_case_where_the_theme_finds_what_the_person_liked_later() -> None:
    assert CASES.people.tolist() == [0, 2]


def test_what_the_person_met_is_left_out_of_the_order() -> None:
    met_first = {"heat": 9.0, "aliens": 5.0}

    ndcg = CASES.ndcg(lambda _: np.array([met_first.get(content_id, 0.0) for content_id in CASES.ids]))

    assert ndcg[0] == 1


def test_equal_likings_stay_in_the_order_of_relevance() -> None:
    ndcg = CASES.ndcg(lambda _: np.zeros(len(CASES.ids)))

    assert ndcg[0] == 1 / np.log2(3)  # after Alien, which is as unknown


def test_each_person_is_asked_for_once() -> None:
    two = Cases.of([ANA, CEM], [a_window(), a_window()])
    asked: list[int] = []

    def liking(person: int) -> np.ndarray:
        asked.append(person)
        return np.zeros(len(two.ids))

    assert len(two.ndcg(liking)) == 4
    assert asked == [0, 1]


def test_values_are_grouped_by_whose_they_are() -> None:
    two = Cases.of([ANA, CEM], [a_window(), a_window()])

    assert by_person(two, np.array([1.0, 2.0, 3.0, 4.0])) == [[1.0, 2.0], [3.0, 4.0]]
