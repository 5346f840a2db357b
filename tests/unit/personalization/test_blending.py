"""The blend, with orders computed by hand and properties that hold for any input."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from discovery.personalization.blending import Blend, blend

IDS = ("a", "b", "c")
RELEVANCE = (1.0, 0.5, 0.0)

unit = st.floats(0, 1)


@st.composite
def blends(draw: st.DrawFn) -> tuple[list[str], list[float], dict[str, float], float]:
    relevance = sorted(draw(st.lists(unit, min_size=1, max_size=30)), reverse=True)
    ids = [f"id-{place}" for place in range(len(relevance))]
    scored = draw(st.lists(st.sampled_from(ids), min_size=1, unique=True))
    return ids, relevance, {content_id: draw(unit) for content_id in scored}, draw(unit)


def order(blended: Blend) -> list[int]:
    return [int(place) + 1 for place in blended.order]


def test_the_blend_is_relevance_and_score_by_weight() -> None:
    blended = blend(IDS, RELEVANCE, {"a": 0.0, "b": 0.8, "c": 1.0}, 0.4)

    # 1·0.6 + 0·0.4 = 0.60    0.5·0.6 + 0.8·0.4 = 0.62    0·0.6 + 1·0.4 = 0.40
    assert order(blended) == [2, 1, 3]
    assert blended.finals == pytest.approx([0.60, 0.62, 0.40])


def test_weight_1_orders_by_score_alone() -> None:
    assert order(blend(IDS, RELEVANCE, {"a": 0.1, "b": 0.3, "c": 0.2}, 1.0)) == [2, 3, 1]


def test_an_unscored_item_gets_the_median_of_the_scores_that_arrived() -> None:
    blended = blend(("a", "b", "c", "d"), (1.0, 0.8, 0.6, 0.4), {"a": 0.1, "b": 0.3, "d": 0.9}, 0.5)

    assert blended.scores[2] == 0.3
    assert blended.neutral.tolist() == [False, False, True, False]


def test_the_median_of_an_even_number_of_scores_is_between_the_middle_two() -> None:
    blended = blend(IDS, RELEVANCE, {"a": 0.2, "b": 0.6}, 0.5)

    assert blended.scores[blended.neutral] == pytest.approx([0.4])


def test_where_all_scores_are_equal_unscored_items_neither_gain_nor_lose() -> None:
    assert order(blend(("a", "b", "c", "d"), (0.9, 0.7, 0.5, 0.3), {"b": 0.2, "d": 0.2}, 0.6)) == [1, 2, 3, 4]


def test_ties_keep_the_order_they_came_in() -> None:
    # 0.5·0.5 + 0.5·0.5 and 0·0.5 + 1·0.5 are both 0.5
    assert order(blend(IDS, (0.5, 0.5, 0.0), {"a": 0.5, "b": 0.5, "c": 1.0}, 0.5)) == [1, 2, 3]


def test_many_ties_keep_it_too() -> None:
    ids = [f"film-{number}" for number in range(200)]

    blended = blend(ids, [0.5, 0.4] * 100, {"film-7": 0.5}, 0.5)

    assert blended.order.tolist() == [*range(0, 200, 2), *range(1, 200, 2)]


def test_a_blend_of_no_scores_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^a blend needs at least one score$"):
        blend(IDS, RELEVANCE, {}, 0.5)


@given(given_=blends())
def test_the_order_is_a_permutation(given_: tuple[list[str], list[float], dict[str, float], float]) -> None:
    ids, relevance, scores, weight = given_

    assert sorted(order(blend(ids, relevance, scores, weight))) == list(range(1, len(ids) + 1))


@given(given_=blends())
def test_weight_0_keeps_the_order_exactly(given_: tuple[list[str], list[float], dict[str, float], float]) -> None:
    ids, relevance, scores, _ = given_

    blended = blend(ids, relevance, scores, 0.0)

    assert order(blended) == list(range(1, len(ids) + 1))
    assert blended.finals.tolist() == relevance


@given(given_=blends())
def test_recomputing_from_the_parts_reproduces_the_order(
    given_: tuple[list[str], list[float], dict[str, float], float],
) -> None:
    ids, relevance, scores, weight = given_

    blended = blend(ids, relevance, scores, weight)

    finals = [of * (1 - weight) + score * weight for of, score in zip(relevance, blended.scores.tolist(), strict=True)]
    assert blended.finals.tolist() == finals
    assert blended.order.tolist() == sorted(range(len(ids)), key=lambda place: (-finals[place], place))


@given(given_=blends())
def test_a_higher_score_never_costs_a_place(
    given_: tuple[list[str], list[float], dict[str, float], float],
) -> None:
    ids, relevance, scores, weight = given_
    liked = next(iter(scores))
    complete = dict.fromkeys(ids, 0.5) | scores  # else the median moves too

    def rank(liking: float) -> int:
        return order(blend(ids, relevance, complete | {liked: liking}, weight)).index(ids.index(liked) + 1)

    assert rank(1.0) <= rank(complete[liked])


@given(given_=blends())
def test_every_number_is_in_0_to_1_and_none_is_missing(
    given_: tuple[list[str], list[float], dict[str, float], float],
) -> None:
    ids, relevance, scores, weight = given_

    blended = blend(ids, relevance, scores, weight)

    for numbers in (blended.scores, blended.finals):  # NaN compares false
        assert ((numbers >= 0) & (numbers <= 1)).all()
    assert blended.neutral.tolist() == [content_id not in scores for content_id in ids]


@given(given_=blends(), shuffle=st.randoms(use_true_random=False))
def test_what_an_item_gets_does_not_depend_on_where_it_stands(
    given_: tuple[list[str], list[float], dict[str, float], float], shuffle: Random
) -> None:
    ids, relevance, scores, weight = given_
    places = list(range(len(ids)))
    shuffle.shuffle(places)

    blended = blend(ids, relevance, scores, weight)
    mixed = blend([ids[place] for place in places], [relevance[place] for place in places], scores, weight)

    assert mixed.finals.tolist() == blended.finals[places].tolist()
    # The best first, whatever order equals came in.
    assert mixed.finals[mixed.order].tolist() == blended.finals[blended.order].tolist()


@given(given_=blends(), raised=unit)
def test_a_higher_score_never_lowers_the_final_number(
    given_: tuple[list[str], list[float], dict[str, float], float], raised: float
) -> None:
    ids, relevance, scores, weight = given_
    liked = next(iter(scores))
    low, high = sorted((scores[liked], raised))

    finals = [blend(ids, relevance, scores | {liked: score}, weight).finals[ids.index(liked)] for score in (low, high)]

    assert finals[0] <= finals[1]
