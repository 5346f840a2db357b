"""Recomputing an explained answer."""

from typing import Any

import pytest

from lab.explanations.recomputed import differences


def result(content_id: str, rank_before: int, rank_after: int, score: float | None) -> dict[str, Any]:
    """Of relevance 0.5; with a score, blended by a weight of a quarter."""
    final = 0.5 if score is None else 0.5 * (1 - 0.25) + score * 0.25
    return {
        "content": {"id": content_id},
        "relevance_score": 0.5,
        "score": final,
        "explanation": {
            "relevance": 0.5,
            "evidence": {"keyword": 0.25, "title": 0.25},
            "score": score,
            "weight": 0.0 if score is None else 0.25,
            "final": final,
            "rank_before": rank_before,
            "rank_after": rank_after,
        },
    }


def answer() -> list[dict[str, Any]]:
    """Liked first; what ties stays as it came."""
    return [result("liked", 3, 1, 0.9), result("first", 1, 2, 0.1), result("second", 2, 3, 0.1)]


def test_an_answer_that_adds_up_does_not_differ() -> None:
    assert differences(answer()) == []
    assert differences([result("alone", 1, 1, None)]) == []


@pytest.mark.parametrize(
    ("part", "changed", "differs"),
    [
        ("evidence", {"keyword": 0.25, "title": 0.2500000000000001}, ["first: relevance"]),
        ("relevance", 0.4, ["first: relevance", "first: relevance_score", "first: final"]),
        ("weight", 0.5, ["first: final"]),
        ("final", 0.1, ["first: final", "first: score"]),
        ("rank_after", 3, ["first: rank"]),
    ],
)
def test_a_number_that_is_off_by_one_bit_is_told(part: str, changed: Any, differs: list[str]) -> None:
    results = answer()
    results[1]["explanation"][part] = changed

    assert set(differs) <= set(differences(results))


def test_another_order_than_the_finals_is_told() -> None:
    liked, first, second = answer()

    assert differences([first, liked, second]) == ["first: rank", "liked: rank"]
