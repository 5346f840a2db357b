"""Measures of answers, computed by hand."""

import math

import pytest

from lab.relevance.judgments import Judged
from lab.relevance.measures import means, scored

HEAT = Judged("heat", "title", {"heat-1995": 3, "the-heat-2013": 1, "alien-1979": 0})
NOTHING = Judged("qqqq", "nothing", {})


def test_ndcg_gains_two_to_the_grade_less_one() -> None:
    (one,) = scored([HEAT], [["the-heat-2013", "heat-1995"]])

    reached = 1 / math.log2(2) + 7 / math.log2(3)
    ideal = 7 / math.log2(2) + 1 / math.log2(3)
    assert one.values["NDCG@10"] == pytest.approx(reached / ideal)


def test_recall_rank_and_success_count_whatever_has_a_grade() -> None:
    (one,) = scored([HEAT], [["alien-1979", "unjudged", "the-heat-2013"]])

    assert one.values["recall@100"] == 0.5
    assert one.values["MRR"] == pytest.approx(1 / 3)
    assert (one.values["success@1"], one.values["success@10"]) == (0, 1)


def test_what_comes_after_the_hundredth_place_does_not_count() -> None:
    (one,) = scored([HEAT], [[*(f"other-{n}" for n in range(100)), "heat-1995"]])

    assert not any(one.values.values())


def test_nothing_is_the_right_answer_where_nothing_is_relevant() -> None:
    right, wrong = scored([NOTHING, NOTHING], [[], ["heat-1995"]])

    assert set(right.values.values()) == {1.0}
    assert set(wrong.values.values()) == {0.0}


def test_a_query_for_which_nothing_was_found_counts_in_the_mean() -> None:
    assert means(scored([HEAT, HEAT], [["heat-1995"], []]))["success@1"] == 0.5
