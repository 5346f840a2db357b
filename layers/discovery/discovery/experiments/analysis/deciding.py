"""What comparisons come to: the outcome of each, and of a variant, by confidence sequences alone."""

import math
from collections.abc import Sequence
from dataclasses import replace

from discovery.experiments.analysis.people import People
from discovery.experiments.analysis.results import Comparison, Outcome, State
from discovery.statistics.false_discovery import adjusted
from discovery.statistics.power import people_needed
from discovery.statistics.sequences import ALPHA, boundary, one_sided_boundary, paired_people

INDIFFERENT = 0.01
"""Share of control's value: a smaller difference is none worth the name, and nobody waits to find it."""


def decided(comparisons: Sequence[Comparison]) -> tuple[Comparison, ...]:
    """All comparisons of an experiment with their adjusted p-values and outcomes, in the same order."""
    found = list(comparisons)
    for role, outcome in (("decision", _decision), ("guardrail", _guardrail)):
        family = [place for place, comparison in enumerate(comparisons) if comparison.metric.role == role]
        p_values = adjusted([comparisons[place].p_sequential for place in family])
        for place, p in zip(family, p_values, strict=True):
            judged = outcome(comparisons[place], certain=p <= ALPHA)
            found[place] = replace(comparisons[place], p_adjusted=p, outcome=judged)
    return tuple(found)


def _decision(comparison: Comparison, *, certain: bool) -> Outcome:
    if certain:
        return "worse" if worse(comparison) > 0 else "better"
    low, high = comparison.relative_sequence.low, comparison.relative_sequence.high
    within = low is not None and high is not None and max(-low, high) <= INDIFFERENT
    return "same" if within else "undecided"


def _guardrail(comparison: Comparison, *, certain: bool) -> Outcome:
    """Safe by non-inferiority: the worst that it can be is within the margin. Harmed where it is worse for certain.

    All guardrails have to be safe at once, so that this side needs no adjustment for their number.
    """
    if comparison.harm is not None and comparison.harm < comparison.metric.margin:
        return "safe"
    return "harmed" if certain and worse(comparison) > 0 else "undecided"


def worse(comparison: Comparison) -> float:
    """By how much the variant is worse than control, in the metric's unit; below 0 where it is better."""
    return -comparison.difference if comparison.metric.higher_is_better else comparison.difference


def state(comparisons: Sequence[Comparison]) -> State:
    """What the comparisons of one variant come to."""
    outcomes = [comparison.outcome for comparison in comparisons]
    if "harmed" in outcomes:
        return "harm"
    if "worse" in outcomes:
        return "mixed" if "better" in outcomes else "harm"
    guarded = all(c.outcome == "safe" for c in comparisons if c.metric.role == "guardrail")
    if "better" in outcomes:
        return "ship" if guarded else "undecided"
    first = next((outcome for outcome in outcomes if outcome != "shown"), "undecided")
    return "same" if first == "same" else "undecided"


def more_people(comparisons: Sequence[Comparison], people: People, control: str) -> int | None:
    """About how many more people in all an undecided variant needs; None where no number helps.

    If every difference stayed as it is, the first decision metric to be decided; of the guardrails, each.
    """
    total = len(people.variant)
    guards = [
        _times_to_be_safe(c, people, control) for c in comparisons if c.outcome == "undecided" and c.harm is not None
    ]
    family = [comparison for comparison in comparisons if comparison.metric.role == "decision"]
    found = any(comparison.outcome == "better" for comparison in family)
    needs = [] if found else [_times_to_decide(c, people, control, len(family)) for c in family]
    times = max([min(needs, default=1.0), *guards])
    return None if math.isinf(times) else max(1, math.ceil((times - 1) * total))


def _times_to_decide(comparison: Comparison, people: People, control: str, family: int) -> float:
    """How many times the people there are will show a difference, or none worth the name; at least 1."""
    size, least = abs(comparison.difference), INDIFFERENT * abs(comparison.control_value)
    n, spread = _spread(comparison, people, control)

    def alone(count: float) -> float:
        return boundary(count, alpha=ALPHA / family)  # what Benjamini–Hochberg asks of a metric that stands alone

    shown = people_needed(spread, size, alone) if size >= least > 0 else math.inf
    excluded = people_needed(spread, least - size, boundary) if size < least else math.inf
    return max(1.0, min(shown, excluded) / n)


def _times_to_be_safe(comparison: Comparison, people: People, control: str) -> float:
    room = comparison.metric.margin - max(0.0, worse(comparison))
    n, spread = _spread(comparison, people, control)
    return max(1.0, people_needed(spread, room, one_sided_boundary) / n) if room > 0 else math.inf


def _spread(comparison: Comparison, people: People, control: str) -> tuple[float, float]:
    counts = people.counts
    n = paired_people(counts[comparison.variant], counts[control])
    return n, comparison.standard_error * math.sqrt(n)
