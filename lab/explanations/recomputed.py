"""An explained answer computed again from its explanations alone, as docs/ranking.md tells it."""

from collections.abc import Mapping, Sequence
from functools import reduce
from operator import add
from typing import Any

Result = Mapping[str, Any]
"""Of a response, explained."""


def differences(results: Sequence[Result]) -> list[str]:
    """What comes out otherwise than the first page of an answer says, as "content id: number"; exactly, not nearly."""
    ranks = [rank for rank, _ in sorted(enumerate(results), key=lambda item: _place(item[1]))]
    return [
        f"{result['content']['id']}: {name}"
        for rank, result in enumerate(results)
        for name, same in _compared(result, rank, ranks[rank]).items()
        if not same
    ]


def _compared(result: Result, rank: int, recomputed_rank: int) -> dict[str, bool]:
    explanation = result["explanation"]
    return {
        "relevance": reduce(add, explanation["evidence"].values()) == explanation["relevance"],
        "relevance_score": explanation["relevance"] == result["relevance_score"],
        "final": _final(explanation) == explanation["final"],
        "score": explanation["final"] == result["score"],
        "rank": rank == recomputed_rank == explanation["rank_after"] - 1,
    }


def _final(explanation: Mapping[str, Any]) -> float:
    relevance, score, weight = (explanation[name] for name in ("relevance", "score", "weight"))
    return float(relevance if score is None else relevance * (1 - weight) + score * weight)


def _place(result: Result) -> tuple[float, int]:
    return -_final(result["explanation"]), result["explanation"]["rank_before"]
