"""The analysis of an experiment: every variant against control, and one sentence of what is known."""

import math
from collections.abc import Mapping, Sequence

from discovery.experiments.analysis.comparing import compare, group, measured
from discovery.experiments.analysis.deciding import decided, more_people, state
from discovery.experiments.analysis.metric import METRICS
from discovery.experiments.analysis.people import People
from discovery.experiments.analysis.results import Analysis, Comparison, SampleRatio, State, VariantResult
from discovery.experiments.analysis.wording import needs, probability, sentence
from discovery.statistics.chi_square import goodness_of_fit
from discovery.statistics.sample_ratio import mismatch_p

ENOUGH = 100
"""People of each variant. With fewer, means of what is as unevenly spread as plays are not nearly normal."""
ENOUGH_DAYS = 1.0
"""People of one hour are not those of a day."""
MISMATCH = 0.001
"""p below which shares are not as meant: an alarm that stops all reading must be rare."""
_BEST_FIRST: Sequence[State] = ("ship", "harm", "mixed", "undecided", "same")
"""Which variant's state is the experiment's, where several have one."""


def analyse(people: People, meant: Mapping[str, float], control: str, *, days: float | None = None) -> Analysis:
    """Compare the variants of one epoch with control.

    It may be called as often as one likes while the experiment goes on: no verdict rests on what is valid once only.

    Args:
        people: who took part, by assignment alone: neither overrides nor the holdout.
        meant: each variant's share of them, summing to 1.
        control: the variant to compare with.
        days: how long the epoch has run.
    """
    counts = people.counts
    total = sum(counts.values())
    present = [name for name in people.variants if counts[name] or meant.get(name, 0.0) > 0]
    ratio = _sample_ratio(counts, meant) if total and len(present) > 1 else None
    refusal = _unreadable(counts, present, control, ratio) or _too_early(counts, present, days)
    if refusal:
        why, verdict = refusal
        variants = tuple(
            VariantResult(name, counts[name], _values(people, name), (), why, None, verdict) for name in present
        )
        return Analysis(control, total, days, ratio, variants, why, None, verdict)
    others = [name for name in present if name != control]
    comparisons = decided([c for name in others for c in _comparisons(people, name, control)])
    variants = tuple(
        _variant(people, name, control, [c for c in comparisons if c.variant == name], days) for name in present
    )
    best = min((v for v in variants if v.variant != control), key=_rank)
    return Analysis(
        control, total, days, ratio, variants, best.state, best.more_people, f"{best.variant}: {best.verdict}"
    )


def _unreadable(
    counts: Mapping[str, int], present: Sequence[str], control: str, ratio: SampleRatio | None
) -> tuple[State, str] | None:
    """Why nothing can be read, however long one waits."""
    if not sum(counts.values()):
        return "never_ran", "never ran: nobody took part"
    if control not in present:
        return "no_control", f"cannot be read: no variant {control} to compare with, only {', '.join(present)}"
    if len(present) == 1:
        return "one_variant", f"cannot be read: {control} is the only variant, with nothing to compare it with"
    if ratio and ratio.mismatch:
        return "mismatch", f"cannot be read: sample ratio mismatch, {probability(ratio.p)}"
    return None


def _too_early(counts: Mapping[str, int], present: Sequence[str], days: float | None) -> tuple[State, str] | None:
    """Why nothing can be read yet."""
    if days is not None and days < ENOUGH_DAYS:
        return "too_early", f"too early to read: ran {_duration(days)}, and a day is the least"
    fewest = min(present, key=counts.__getitem__)
    if counts[fewest] < ENOUGH:
        have = f"{counts[fewest]} {'person' if counts[fewest] == 1 else 'people'}"
        return "too_early", f"too early to read: {fewest} has {have}, and {ENOUGH} is the least"
    return None


def _sample_ratio(counts: Mapping[str, int], meant: Mapping[str, float]) -> SampleRatio:
    p = mismatch_p(counts, meant)
    once = 0.0 if any(n and not meant.get(name) for name, n in counts.items()) else goodness_of_fit(counts, meant).p
    return SampleRatio(counts, meant, p, once, p < MISMATCH)


def _comparisons(people: People, variant: str, control: str) -> list[Comparison]:
    found = []
    for metric in METRICS:
        if measured(metric, people):
            treated, untreated = group(metric, people, variant), group(metric, people, control)
            if treated and untreated:
                found.append(compare(metric, variant, treated, untreated))
    return found


def _variant(
    people: People, name: str, control: str, comparisons: Sequence[Comparison], days: float | None
) -> VariantResult:
    counts, values = people.counts, _values(people, name)
    if name == control:
        return VariantResult(name, counts[name], values, (), "same", None, "what the others are compared with")
    found = state(comparisons)
    more = more_people(comparisons, people, control) if found == "undecided" else None
    wait = None if more is None or days is None else more / sum(counts.values()) * days
    verdict = sentence(found, comparisons, needs(more, wait))
    return VariantResult(name, counts[name], values, tuple(comparisons), found, more, verdict)


def _values(people: People, variant: str) -> Mapping[str, float]:
    """By metric's name; without those that nobody measured or that have nothing to divide by."""
    chosen = people.of(variant)
    found = {}
    for metric in METRICS:
        if measured(metric, people):
            below = people.sums[metric.denominator][chosen].sum() if metric.denominator else chosen.sum()
            if below > 0:
                found[metric.name] = float(people.sums[metric.numerator][chosen].sum() / below)
    return found


def _rank(result: VariantResult) -> tuple[int, float]:
    """The best state first; of several to ship, that with the largest gain in the first metric that is better."""
    gain = next((c.relative or 0.0 for c in result.comparisons if c.outcome == "better"), -math.inf)
    return _BEST_FIRST.index(result.state), -gain


def _duration(days: float) -> str:
    hours = days * 24
    return f"{hours:.0f} hours" if round(hours) > 1 else "an hour" if hours > 0.75 else "less than an hour"  # noqa: PLR2004
