"""What an experiment could find, from the people of one's own traffic."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from discovery.experiments.analysis.comparing import Group, group, measured
from discovery.experiments.analysis.metric import METRICS, Metric
from discovery.experiments.analysis.people import People
from discovery.statistics.cuped import cuped
from discovery.statistics.power import Critical, detectable, fixed, people_needed
from discovery.statistics.sequences import boundary


@dataclass(frozen=True)
class Planned:
    """One metric."""

    metric: Metric
    value: float
    """The mean a person, or the ratio, in the past."""
    detectable: float
    """Minimal detectable effect after the days asked for, relative to the value: 0.02 is 2 %; always valid."""
    detectable_once: float
    """The same for whoever looks once, at the end."""
    people: float
    """In both variants, to find the effect asked for with a look every day; infinite where it can't be found."""
    days: float
    """Until there are that many; infinite if never."""
    variance_ratio: float
    """What CUPED leaves of the variance; 1 where the period before says nothing."""


@dataclass(frozen=True)
class Plan:
    """What an experiment of two equal variants could find; power 80 %, at 5 %."""

    people: float
    """In both variants, after the days asked for."""
    days: float
    effect: float
    """Asked for, relative: 0.02 is 2 %."""
    metrics: tuple[Planned, ...]


def plan(past: People, *, people_a_day: float, days: float, effect: float, share: float = 1.0) -> Plan:
    """Plan an experiment.

    Args:
        past: people of the past, in a period about as long as the experiment is to be: the longer it is, the more each
            person does. Variants don't matter. `before` as the analysis will have it.
        people_a_day: how many new ones come a day.
        days: how long the experiment is to run.
        effect: what one wants to find, relative to the value: 0.02 is 2 %.
        share: of the people who come, those in one of the two variants together.

    Raises:
        ValueError: there are fewer than two people, or nothing to find.
    """
    if len(past.variant) < 2:  # noqa: PLR2004 - for a variance
        raise ValueError("a plan needs at least two people of the past")
    if not (effect > 0 and people_a_day > 0 and days > 0 and 0 < share <= 1):
        raise ValueError("effect, people a day and days are above 0, and the share is in (0, 1]")
    everybody = People(("all",), past.variant * 0, past.sums, past.before)
    arriving = people_a_day * share
    planned = []
    for metric in METRICS:
        found = group(metric, everybody, "all") if metric.role != "shown" and measured(metric, everybody) else None
        if found is not None and found.sample.value > 0:
            planned.append(_planned(metric, found, arriving, days, effect))
    return Plan(arriving * days, days, effect, tuple(planned))


def _planned(metric: Metric, found: Group, arriving: float, days: float, effect: float) -> Planned:
    adjusted = cuped((found.sample,), (found.before,)) if found.before is not None else None
    variance = max(adjusted.samples[0].variance if adjusted else found.sample.variance, found.step**2)
    plain, value = max(found.sample.variance, found.step**2), found.sample.value
    # Of n people each variant has n/2, so the difference has 4/n times the variance of one person.
    spread = 2 * math.sqrt(variance * found.sample.people) / value
    people = people_needed(spread, effect, boundary)
    reach = [detectable(spread, arriving * days, critical) for critical in _criticals()]
    return Planned(metric, value, reach[0], reach[1], people, people / arriving, variance / plain)


def _criticals() -> Sequence[Critical]:
    return boundary, fixed
