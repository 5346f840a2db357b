"""Comparing one metric of one variant with control."""

import math
from dataclasses import dataclass

from discovery.experiments.analysis.metric import Metric
from discovery.experiments.analysis.people import Floats, People
from discovery.experiments.analysis.results import Adjustment, Comparison
from discovery.statistics import welch
from discovery.statistics.cuped import Cuped, cuped
from discovery.statistics.interval import around
from discovery.statistics.relative import relative_interval
from discovery.statistics.sample import Sample, sample_mean, sample_ratio
from discovery.statistics.sequences import always_valid_p, boundary, one_sided_boundary, paired_people
from discovery.statistics.student_t import critical


@dataclass(frozen=True, eq=False)
class Group:
    """One metric in the people of one variant."""

    sample: Sample
    before: Floats | None
    """[n] The metric before the epoch, linearized for a ratio."""
    step: float
    """By how much one event more would move the value: no variance is believed to be smaller than its square, for
    where nothing has happened yet, something may."""


def measured(metric: Metric, people: People) -> bool:
    """Whether there are the sums that a metric needs."""
    return metric.numerator in people.sums and (metric.denominator is None or metric.denominator in people.sums)


def group(metric: Metric, people: People, variant: str) -> Group | None:
    """A metric in the people of one variant, two or more; None for a ratio whose denominators are all 0."""
    chosen = people.of(variant)
    covariate = _before(metric, people)
    before = None if covariate is None else covariate[chosen]
    numerators = people.sums[metric.numerator][chosen]
    if metric.denominator is None:
        return Group(sample_mean(numerators), before, 1 / len(numerators))
    denominators = people.sums[metric.denominator][chosen]
    total = float(denominators.sum())
    return Group(sample_ratio(numerators, denominators), before, 1 / total) if total > 0 else None


def compare(metric: Metric, variant: str, treated: Group, control: Group) -> Comparison:
    """A comparison without adjustment for other comparisons, and without an outcome."""
    adjusted = _adjusted(treated, control)
    (v, c), shared = (adjusted.samples, adjusted.shared) if adjusted else ((treated.sample, control.sample), 0.0)
    variances = max(v.variance, treated.step**2), max(c.variance, control.step**2)
    error, difference = math.sqrt(sum(variances)), v.value - c.value
    people = paired_people(v.people, c.people)
    freedom = welch.freedom(variances, (v.people, c.people))
    once, always = critical(welch.CONFIDENCE, freedom), boundary(people)
    with_mean = variances[0] + shared, variances[1] + shared
    return Comparison(
        metric=metric,
        variant=variant,
        control_value=control.sample.value,
        variant_value=treated.sample.value,
        difference=difference,
        standard_error=error,
        interval=welch.interval(difference, error, freedom),
        sequence=around(difference, always * error),
        relative=difference / c.value if c.value else None,
        relative_interval=relative_interval(v.value, c.value, with_mean, shared, once),
        relative_sequence=relative_interval(v.value, c.value, with_mean, shared, always),
        p=welch.p_value(difference, error, freedom),
        p_sequential=always_valid_p(difference / error, people),
        p_adjusted=None,
        adjustment=_adjustment(adjusted, treated, control),
        harm=_worse(metric, difference) + one_sided_boundary(people) * error if metric.role == "guardrail" else None,
    )


def _worse(metric: Metric, difference: float) -> float:
    return -difference if metric.higher_is_better else difference


def _before(metric: Metric, people: People) -> Floats | None:
    """[n] Of everybody alike: a ratio's is linearized around the ratio of all."""
    numerators = people.before.get(metric.numerator)
    if numerators is None or metric.denominator is None:
        return numerators
    denominators = people.before.get(metric.denominator)
    if denominators is None or not float(denominators.sum()) > 0:
        return None
    return sample_ratio(numerators, denominators).influence


def _adjusted(treated: Group, control: Group) -> Cuped | None:
    if treated.before is None or control.before is None:
        return None
    return cuped((treated.sample, control.sample), (treated.before, control.before))


def _adjustment(adjusted: Cuped | None, treated: Group, control: Group) -> Adjustment | None:
    plain = treated.sample.variance + control.sample.variance
    if adjusted is None or plain == 0:
        return None
    return Adjustment(adjusted.theta, sum(sample.variance for sample in adjusted.samples) / plain)
