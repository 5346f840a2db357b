"""Recomputing an explained answer."""

from typing import Any

import pytest

from lab.explanations.recomputed import differences

LIMITS = {"least_score_spread": 0.02, "most_spreads": 5.0}
MEASURED = {"relevance_mean": 0.5, "relevance_spread": 0.25, "score_mean": 0.75, "score_spread": 0.125}
"""Of relevances 0.75, 0.75, 0.25 and 0.25, and scores 0.875, 0.625, and nothing for the others."""


def result(
    content_id: str, rank: int, relevance: float, raw_score: float | None, score: float | None
) -> dict[str, Any]:
    """With a score, blended by a weight of a half; its rank is the same before and after."""
    final = relevance if score is None else relevance * (1 - 0.5) + score * 0.5
    return {
        "content": {"id": content_id},
        "relevance_score": relevance,
        "score": final,
        "explanation": {
            "relevance": relevance,
            "evidence": {"keyword": relevance - 0.125, "title": 0.125},
            "raw_score": raw_score,
            "score": score,
            "weight": 0.0 if score is None else 0.5,
            "final": final,
            "rank_before": rank,
            "rank_after": rank,
            "reranked": score is not None,
        },
    }


def answer() -> dict[str, Any]:
    """Liked first; what ties stays as it came; what is beyond the window stays behind it."""
    results = [
        result("liked", 1, 0.75, 0.875, 0.75),
        result("neutral", 2, 0.75, None, 0.5),
        result("third", 3, 0.25, None, 0.5),
        result("disliked", 4, 0.25, 0.625, 0.25),
        result("beyond", 5, 0.25, None, None),
    ]
    return {"results": results, "personalization": {"calibration": MEASURED | LIMITS}}


def moved(answer: dict[str, Any], *order: int) -> dict[str, Any]:
    return answer | {"results": [answer["results"][place] for place in order]}


def test_an_answer_that_adds_up_does_not_differ() -> None:
    assert differences(answer()) == []


@pytest.mark.parametrize("results", [[], [result("alone", 1, 0.5, None, None)]], ids=["empty", "not blended"])
def test_without_a_blend_there_is_nothing_to_calibrate(results: list[dict[str, Any]]) -> None:
    assert differences({"results": results, "personalization": {"calibration": None}}) == []


@pytest.mark.parametrize(
    ("part", "changed", "differs"),
    [
        ("evidence", {"keyword": 0.625, "title": 0.1250000000000001}, ["neutral: relevance"]),
        ("relevance", 0.7, ["calibration: relevance_mean", "neutral: relevance_score", "neutral: final"]),
        ("raw_score", 0.75, ["calibration: score_spread"]),
        ("score", 0.5000000000000001, ["neutral: calibrated"]),
        ("weight", 0.25, ["neutral: final"]),
        ("final", 0.1, ["neutral: final", "neutral: score"]),
        ("rank_after", 3, ["neutral: rank"]),
    ],
)
def test_a_number_that_is_off_by_one_bit_is_told(part: str, changed: Any, differs: list[str]) -> None:
    found = answer()
    found["results"][1]["explanation"][part] = changed

    assert set(differs) <= set(differences(found))


@pytest.mark.parametrize("name", MEASURED)
def test_a_calibration_by_anything_but_the_window_is_told(name: str) -> None:
    found = answer()
    found["personalization"]["calibration"][name] += 0.001

    assert f"calibration: {name}" in differences(found)


def test_a_calibration_that_is_missing_is_told() -> None:
    found = answer()
    found["personalization"]["calibration"] = None

    assert "calibration: only one of calibration and window" in differences(found)
    assert "liked: calibrated" in differences(found)


@pytest.mark.parametrize(
    ("calibration", "score"),
    [
        ({"relevance_mean": 0.5, "relevance_spread": 0.0, "score_mean": 0.25, "score_spread": 0.25}, (0.75, 0.25)),
        ({"relevance_mean": 0.5, "relevance_spread": 0.0, "score_mean": 0.5, "score_spread": 0.0}, (0.5, 0.5)),
    ],
    ids=["of equal relevance", "of equal scores too"],
)
def test_windows_without_a_spread_are_recomputed(calibration: dict[str, float], score: tuple[float, float]) -> None:
    raw = (0.5, 0.0) if calibration["score_spread"] else (0.5, 0.5)
    results = [result(str(rank), rank, 0.5, raw[rank - 1], score[rank - 1]) for rank in (1, 2)]

    assert differences({"results": results, "personalization": {"calibration": calibration | LIMITS}}) == []


@pytest.mark.parametrize(
    ("limits", "scores"),
    [
        ({"least_score_spread": 0.25, "most_spreads": 5.0}, (0.625, 0.375)),
        ({"least_score_spread": 0.02, "most_spreads": 0.5}, (0.625, 0.375)),
    ],
    ids=["a small spread", "far from the mean"],
)
def test_limits_are_recomputed(limits: dict[str, float], scores: tuple[float, float]) -> None:
    found = answer()
    found["personalization"]["calibration"] |= limits
    for place, score in zip((0, 3), scores, strict=True):
        explanation = found["results"][place]["explanation"]
        explanation |= {"score": score, "final": explanation["relevance"] * (1 - 0.5) + score * 0.5}
        found["results"][place]["score"] = explanation["final"]

    assert differences(found) == []


def test_another_order_than_the_finals_is_told() -> None:
    assert differences(moved(answer(), 1, 0, 2, 3, 4)) == ["neutral: rank", "liked: rank"]


def test_what_is_beyond_the_window_is_behind_it_whatever_its_number() -> None:
    found = answer()
    found["results"][3]["explanation"] |= {"relevance": 0.0, "final": 0.0}

    assert not {"disliked: rank", "beyond: rank"} & set(differences(found))
