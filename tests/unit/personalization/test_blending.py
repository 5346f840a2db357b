"""The blend, with orders computed by hand and properties that hold for any input."""

from collections.abc import Mapping, Sequence
from math import sqrt
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from discovery.personalization.blending import Blend, Candidates, blend
from discovery.policy.policy import DEFAULT_VARIANTS

IDS = ("a", "b", "c")
RELEVANCE = (1.0, 0.5, 0.0)

unit = st.floats(0, 1)
Given = tuple[list[str], list[float], dict[str, float], float]


@st.composite
def blends(draw: st.DrawFn) -> Given:
    relevance = sorted(draw(st.lists(unit, min_size=1, max_size=30)), reverse=True)
    ids = [f"id-{place}" for place in range(len(relevance))]
    scored = draw(st.lists(st.sampled_from(ids), min_size=1, unique=True))
    return ids, relevance, {content_id: draw(unit) for content_id in scored}, draw(unit)


def blended(ids: Sequence[str], relevance: Sequence[float], scores: Mapping[str, float], weight: float) -> Blend:
    found = blend(Candidates(ids, np.array(relevance)), scores, weight)
    assert found is not None
    return found


def order(found: Blend) -> list[int]:
    return [int(place) + 1 for place in found.order]


def test_the_blend_is_relevance_and_calibrated_score_by_weight() -> None:
    found = blended(IDS, RELEVANCE, {"a": 0.50, "b": 0.53, "c": 0.56}, 0.4)

    # Both are evenly spaced, the relevance by 0.5 and the scores by 0.03, so scores become 0, 0.5 and 1.
    assert found.scores == pytest.approx([0, 0.5, 1])
    # 1·0.6 + 0·0.4 = 0.6    0.5·0.6 + 0.5·0.4 = 0.5    0·0.6 + 1·0.4 = 0.4
    assert order(found) == [1, 2, 3]
    assert found.finals == pytest.approx([0.6, 0.5, 0.4])


def test_scores_count_alike_whether_they_vary_by_tenths_or_by_hundredths() -> None:
    wide = blended(IDS, RELEVANCE, {"a": 0.0, "b": 0.8, "c": 1.0}, 0.4)
    narrow = blended(IDS, RELEVANCE, {"a": 0.50, "b": 0.58, "c": 0.60}, 0.4)

    # Mean 0.6, variance (0.36 + 0.04 + 0.16) / 3, that of relevance 0.5 / 3: 0.5 ± what is times √(0.5 / 0.56).
    stretch = sqrt(0.5 / 0.56)
    assert wide.scores == pytest.approx([0.5 - 0.6 * stretch, 0.5 + 0.2 * stretch, 0.5 + 0.4 * stretch])
    assert narrow.scores == pytest.approx(wide.scores)
    assert order(narrow) == order(wide) == [2, 1, 3]  # 0.573, 0.576 and 0.351


def test_scores_that_vary_by_thousandths_count_less() -> None:
    found = blended(IDS, RELEVANCE, {"a": 0.500, "b": 0.508, "c": 0.510}, 0.4)

    # Spread √(0.000056 / 3) = 0.0043, so deviations are divided by 0.02, and liking can't turn a and b round.
    assert found.scores == pytest.approx([0.5 + by * sqrt(0.5 / 3) for by in (-0.3, 0.1, 0.2)])
    assert order(found) == [1, 2, 3]


def test_weight_1_orders_by_score_alone() -> None:
    assert order(blended(IDS, RELEVANCE, {"a": 0.1, "b": 0.3, "c": 0.2}, 1.0)) == [2, 3, 1]


def test_an_unscored_item_stands_where_the_mean_of_the_scores_does() -> None:
    found = blended(("a", "b", "c", "d"), (1.0, 0.8, 0.6, 0.4), {"a": 0.1, "b": 0.3, "d": 0.8}, 0.5)

    # Of the relevance 0.7 is the mean; of the three scores 0.4, and c has no part in their spread.
    stretch = sqrt(0.05) / sqrt((0.09 + 0.01 + 0.16) / 3)
    assert found.scores == pytest.approx([0.7 - 0.3 * stretch, 0.7 - 0.1 * stretch, 0.7, 0.7 + 0.4 * stretch])
    assert found.calibration.score_mean == pytest.approx(0.4)


def test_scores_of_other_items_do_not_count() -> None:
    scores = {"a": 0.2, "b": 0.4}

    assert blended(IDS, RELEVANCE, scores | {"elsewhere": 0.9}, 0.5).finals.tolist() == (
        blended(IDS, RELEVANCE, scores, 0.5).finals.tolist()
    )


@pytest.mark.parametrize("scores", [{"b": 0.2, "d": 0.2}, dict.fromkeys("abcd", 0.1), {"c": 0.9}])
def test_where_all_scores_are_equal_nobody_gains_or_loses(scores: dict[str, float]) -> None:
    found = blended(("a", "b", "c", "d"), (0.9, 0.7, 0.5, 0.3), scores, 0.6)

    assert found.scores.tolist() == [0.6] * 4
    assert order(found) == [1, 2, 3, 4]


def test_where_all_are_as_relevant_the_scores_keep_their_own_spread() -> None:
    found = blended(IDS, (0.8, 0.8, 0.8), {"a": 0.4, "c": 0.6}, 0.25)

    # 0.8 − 0.1, 0.8 and 0.8 + 0.1, of which a quarter counts
    assert found.scores == pytest.approx([0.7, 0.8, 0.9])
    assert found.finals == pytest.approx([0.775, 0.8, 0.825])
    assert order(found) == [3, 2, 1]


@pytest.mark.parametrize("weight", [0, 0.25, 1])
def test_a_single_candidate_keeps_its_relevance(weight: float) -> None:
    found = blended(("a",), (0.7,), {"a": 0.1}, weight)

    assert (order(found), found.scores.tolist()) == ([1], [0.7])
    assert found.finals == pytest.approx([0.7])


def test_ties_keep_the_order_they_came_in() -> None:
    # Of mean 0 and spread 1 both: 1, 1, −1, −1 and 1, −1, 1, −1, of which b and c each have one.
    found = blended((*IDS, "d"), (1.0, 1.0, 0.0, 0.0), {"a": 0.75, "b": 0.25, "c": 0.75, "d": 0.25}, 0.5)

    assert found.finals.tolist() == [1.0, 0.5, 0.5, 0.0]
    assert order(found) == [1, 2, 3, 4]


def test_many_ties_keep_it_too() -> None:
    ids = [f"film-{number}" for number in range(200)]

    found = blended(ids, [0.5, 0.4] * 100, {"film-7": 0.5}, 0.5)

    assert found.order.tolist() == [*range(0, 200, 2), *range(1, 200, 2)]


def test_without_any_score_there_is_no_blend() -> None:
    candidates = Candidates(IDS, np.array(RELEVANCE))

    assert blend(candidates, {}, 0.5) is None
    assert blend(candidates, {"elsewhere": 0.9}, 0.5) is None
    assert blend(Candidates((), np.empty(0)), {"elsewhere": 0.9}, 0.5) is None


KNOWN_TITLE = [0.95, *np.linspace(0.20, 0.05, 99).tolist()]
"""What a whole title finds: itself, and 99 that only resemble it. Mean 0.133, spread 0.093."""
TITLE_IDS = [f"film-{place}" for place in range(100)]
AGAINST_IT = {
    "only the title is disliked": [0.0] + [1.0] * 99,
    "only the second is liked": [0.0, 1.0] + [0.0] * 98,
    "the title is disliked and the second liked, nobody else moves": [0.0, 1.0] + [0.5] * 98,
    "the less relevant the better liked": [place / 99 for place in range(100)],
}


@pytest.mark.parametrize("weight", [DEFAULT_VARIANTS[name] for name in ("low_boost", "medium_boost", "high_boost")])
@pytest.mark.parametrize("scores", AGAINST_IT.values(), ids=AGAINST_IT)
def test_a_title_that_was_asked_for_stays_first_whatever_the_scores(scores: list[float], weight: float) -> None:
    found = blended(TITLE_IDS, KNOWN_TITLE, dict(zip(TITLE_IDS, scores, strict=True)), weight)

    assert found.order[0] == 0


def test_at_the_greatest_weight_two_outliers_of_liking_can_outdo_it() -> None:
    worst = AGAINST_IT["the title is disliked and the second liked, nobody else moves"]
    weight = DEFAULT_VARIANTS["aggressive_boost"]

    assert blended(TITLE_IDS, KNOWN_TITLE, dict(zip(TITLE_IDS, worst, strict=True)), weight).order[0] == 1


@pytest.mark.parametrize("weight", [DEFAULT_VARIANTS["high_boost"], DEFAULT_VARIANTS["aggressive_boost"]])
def test_at_greater_weights_it_stays_first_against_scores_that_are_evenly_spread(weight: float) -> None:
    opposed = AGAINST_IT["the less relevant the better liked"]

    assert blended(TITLE_IDS, KNOWN_TITLE, dict(zip(TITLE_IDS, opposed, strict=True)), weight).order[0] == 0


@given(given_=blends())
def test_the_order_is_a_permutation(given_: Given) -> None:
    ids, relevance, scores, weight = given_

    assert sorted(order(blended(ids, relevance, scores, weight))) == list(range(1, len(ids) + 1))


@given(given_=blends())
def test_weight_0_keeps_the_order_exactly(given_: Given) -> None:
    ids, relevance, scores, _ = given_

    found = blended(ids, relevance, scores, 0.0)

    assert order(found) == list(range(1, len(ids) + 1))
    assert found.finals.tolist() == relevance


@given(given_=blends())
def test_recomputing_from_the_parts_reproduces_the_order(given_: Given) -> None:
    ids, relevance, scores, weight = given_

    found = blended(ids, relevance, scores, weight)

    finals = [of * (1 - weight) + score * weight for of, score in zip(relevance, found.scores.tolist(), strict=True)]
    assert found.finals.tolist() == finals
    assert found.order.tolist() == sorted(range(len(ids)), key=lambda place: (-finals[place], place))


@given(given_=blends())
def test_of_those_that_are_as_relevant_the_better_liked_come_first(given_: Given) -> None:
    ids, relevance, scores, weight = given_
    halves = [round(of) for of in relevance]

    found = blended(ids, halves, scores, weight)

    for half in (0, 1):
        alike = [content_id for content_id, of in zip(ids, halves, strict=True) if of == half and content_id in scores]
        alike.sort(key=scores.__getitem__)
        finals = [found.finals[ids.index(content_id)] for content_id in alike]
        assert finals == sorted(finals)


@given(given_=blends())
def test_no_number_is_missing_and_none_is_further_away_than_the_window_allows(given_: Given) -> None:
    ids, relevance, scores, weight = given_

    found = blended(ids, relevance, scores, weight)

    # Of n numbers none is more than √(n − 1) standard deviations from their mean, and those in [0, 1] have 0.5 at most.
    most = 0.5 * sqrt(len(ids)) + 1
    for numbers in (found.scores, found.finals):  # NaN compares false
        assert (np.abs(numbers) <= most).all()


@given(given_=blends(), shuffle=st.randoms(use_true_random=False))
def test_what_an_item_gets_does_not_depend_on_where_it_stands(given_: Given, shuffle: Random) -> None:
    ids, relevance, scores, weight = given_
    places = list(range(len(ids)))
    shuffle.shuffle(places)

    found = blended(ids, relevance, scores, weight)
    mixed = blended([ids[place] for place in places], [relevance[place] for place in places], scores, weight)

    assert mixed.finals.tolist() == found.finals[places].tolist()
    # The best first, whatever order equals came in.
    assert mixed.finals[mixed.order].tolist() == found.finals[found.order].tolist()


@given(given_=blends(), raised=unit)
def test_a_higher_score_never_lowers_the_final_number(given_: Given, raised: float) -> None:
    ids, relevance, scores, weight = given_
    liked = next(iter(scores))
    low, high = sorted((scores[liked], raised))

    before, after = (blended(ids, relevance, scores | {liked: score}, weight).finals for score in (low, high))

    # Mean and spread move too, which rounds: of two candidates each is always one standard deviation from the mean.
    assert before[ids.index(liked)] <= after[ids.index(liked)] + 1e-6
