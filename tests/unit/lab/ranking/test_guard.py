"""What a weight keeps of judged queries."""

from pathlib import Path

import numpy as np
import pytest

from lab.ranking.blended import WEIGHTS
from lab.ranking.guard import asked, kept, passing
from lab.relevance.judgments import Collection, Judged
from tests.unit.lab.ranking.made import a_window

QUERIES = Collection("titles", Path(), [Judged("heat", "title", {"heat": 1}), Judged("qqqq", "nothing", {})])


def test_a_query_without_an_answer_is_not_asked_and_each_other_by_the_same_people_every_time() -> None:
    first, second = (asked(QUERIES, [a_window(), a_window()], people=50) for _ in range(2))

    assert [query.window.query for query in first] == ["films"]
    assert first[0].people.tolist() == second[0].people.tolist()
    assert len(set(first[0].people.tolist())) == 20


def test_what_is_kept_is_the_mean_over_people_in_proportion_to_the_anonymous_answer() -> None:
    queries = asked(QUERIES, [a_window(), a_window()], people=2)
    likes_it, likes_others = np.array([0.9, 0.1, 0.1, 0.1]), np.array([0.1, 0.9, 0.9, 0.9])

    assert kept(queries, [[likes_it, likes_others]], 0.0) == 1
    assert kept(queries, [[likes_it, likes_others]], 1.0) == pytest.approx((1 + 1 / np.log2(5)) / 2)


def test_a_weight_passes_if_it_keeps_enough_of_both_sets() -> None:
    by_weight = {weight: {"titles": 1 - weight / 10, "lists": 1 - weight / 3.5} for weight in WEIGHTS}

    assert passing(by_weight) == [0.0, 0.15]
