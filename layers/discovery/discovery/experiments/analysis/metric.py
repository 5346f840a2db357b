"""What is compared between variants: means a person and ratios, those to decide by and those that guard."""

from dataclasses import dataclass
from typing import Literal

Role = Literal["decision", "guardrail", "shown"]


@dataclass(frozen=True)
class Metric:
    """A sum for each person (a mean a person), or the ratio of two sums over all people of a variant."""

    name: str
    label: str
    """In sentences and tables: "plays", which is short for "plays a person"."""
    numerator: str
    """A name of `people.SUMS`."""
    denominator: str | None = None
    """A name of `people.SUMS`; None for a mean a person."""
    role: Role = "decision"
    higher_is_better: bool = True
    margin: float = 0.0
    """Of a guardrail, in the metric's own unit: a variant is safe if it is worse by less than this."""
    unit: Literal["a person", "share", "ms"] = "a person"


METRICS = (
    Metric("plays", "plays", "plays"),
    Metric("click_through", "click-through", "searches_clicked", "searches", unit="share"),
    Metric("completions", "completions", "completions"),
    Metric("minutes", "minutes", "minutes"),
    Metric("list_adds", "list adds", "list_adds"),
    Metric("searches", "searches", "searches", role="shown"),
    Metric("dismissals", "dismissals", "dismissals", role="shown", higher_is_better=False),
    Metric(
        "search_time",
        "search time",
        "search_time_sum_ms",
        "searches",
        "guardrail",
        higher_is_better=False,
        margin=5.0,
        unit="ms",
    ),
    Metric(
        "slow", "slow searches", "slow", "searches", "guardrail", higher_is_better=False, margin=0.005, unit="share"
    ),
    Metric(
        "zero_results",
        "zero-result rate",
        "zero_results",
        "searches",
        "guardrail",
        higher_is_better=False,
        margin=0.01,
        unit="share",
    ),
    Metric("failed", "failures", "failed", "searches", "guardrail", higher_is_better=False, margin=0.005, unit="share"),
)
"""In the order of importance: the first is what a sentence speaks of where several would do."""
