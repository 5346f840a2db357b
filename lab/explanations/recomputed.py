"""An explained answer computed again from its explanations and its calibration alone, as docs/ranking.md tells it."""

import math
from collections.abc import Mapping, Sequence
from functools import reduce
from operator import add
from statistics import mean, pstdev
from typing import Any

Result = Mapping[str, Any]
"""Of a response, explained."""
Calibration = Mapping[str, float] | None
"""Of a response; None where nothing was blended."""


def differences(answer: Mapping[str, Any]) -> list[str]:
    """What comes out otherwise than an answer says, as "content id: number", if it is a first page of the whole window.

    Exactly, not nearly, but for means and spreads of the calibration, which are sums of a hundred numbers.
    """
    results, calibration = answer["results"], answer["personalization"]["calibration"]
    ranks = [rank for rank, _ in sorted(enumerate(results), key=lambda item: _place(item[1]))]
    return [f"calibration: {name}" for name in _miscalibrated(results, calibration)] + [
        f"{result['content']['id']}: {name}"
        for rank, result in enumerate(results)
        for name, same in _compared(result, calibration, rank, ranks[rank]).items()
        if not same
    ]


def _compared(result: Result, calibration: Calibration, rank: int, recomputed_rank: int) -> dict[str, bool]:
    explanation = result["explanation"]
    return {
        "relevance": reduce(add, explanation["evidence"].values()) == explanation["relevance"],
        "relevance_score": explanation["relevance"] == result["relevance_score"],
        "calibrated": _calibrated(explanation, calibration) == explanation["score"],
        "final": _final(explanation) == explanation["final"],
        "score": explanation["final"] == result["score"],
        "rank": rank == recomputed_rank == explanation["rank_after"] - 1,
    }


def _miscalibrated(results: Sequence[Result], calibration: Calibration) -> list[str]:
    """The numbers of a calibration that are not those of the window."""
    window = [result["explanation"] for result in results if result["explanation"]["reranked"]]
    if calibration is None or not window:
        return ["only one of calibration and window"] if calibration or window else []
    relevance = [explanation["relevance"] for explanation in window]
    scores = [explanation["raw_score"] for explanation in window if explanation["raw_score"] is not None]
    recomputed = {
        "relevance_mean": mean(relevance),
        "relevance_spread": pstdev(relevance),
        "score_mean": mean(scores),
        "score_spread": pstdev(scores),
    }
    return [name for name, value in recomputed.items() if not math.isclose(value, calibration[name], abs_tol=1e-9)]


def _calibrated(explanation: Mapping[str, Any], calibration: Calibration) -> float | None:
    if calibration is None or not explanation["reranked"]:
        return None
    raw, middle = explanation["raw_score"], calibration["relevance_mean"]
    if raw is None or calibration["score_spread"] == 0:
        return middle
    deviation = raw - calibration["score_mean"]
    if calibration["relevance_spread"] == 0:
        return float(middle + deviation)
    deviation /= max(calibration["score_spread"], calibration["least_score_spread"])
    most = calibration["most_spreads"]
    return float(middle + min(max(deviation, -most), most) * calibration["relevance_spread"])


def _final(explanation: Mapping[str, Any]) -> float:
    relevance, score, weight = (explanation[name] for name in ("relevance", "score", "weight"))
    return float(relevance if score is None else relevance * (1 - weight) + score * weight)


def _place(result: Result) -> tuple[bool, float, int]:
    """Whatever their numbers, results beyond the window come after it."""
    explanation = result["explanation"]
    return explanation["score"] is None, -_final(explanation), explanation["rank_before"]
