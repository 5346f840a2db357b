"""A/B tests of weights whose true difference is known exactly: whether the intervals hold it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from discovery.experiments.analysis.experiment import analyse
from discovery.experiments.analysis.metric import METRICS
from discovery.experiments.analysis.results import Comparison
from lab.experiments.crowd import mean_searches
from lab.experiments.trial import trial
from lab.experiments.world import World
from lab.ranking.measures import Floats

CONTROL, VARIANT = "control", "medium_boost"
PEOPLE = 4000
_OF_CLICKS = {
    "searches_clicked": "clicked",
    "clicks": "clicks",
    "plays": "plays",
    "completions": "completions",
    "minutes": "minutes",
    "search_time_sum_ms": "milliseconds",
}
"""Sum of a person → what it is of a search."""


Row = dict[str, tuple[float, ...]]


@dataclass(frozen=True, eq=False)
class KnownEffects:
    """What each of some A/B tests found; by metric, those that have a true difference."""

    metrics: tuple[str, ...]
    truth: Floats
    """`[metrics]`: the true difference on the last day, in the metric's unit."""
    relative: Floats
    """`[metrics]`: in proportion to control's value."""
    estimates: Floats
    """`[tests, metrics]`: of the last day."""
    errors: Floats
    """`[tests, metrics]`: their standard errors."""
    held: Floats
    """`[tests, metrics]`: whether the interval for one look held the truth on the last day."""
    held_always: Floats
    """`[tests, metrics]`: whether the sequence did on every day."""
    decided: Floats
    """`[tests, metrics]`: whether the sequence excluded 0 by the last day."""
    variance_ratio: Floats
    """`[tests, metrics]`: with CUPED over without."""


def known_effects(world: World, count: int, progress: Callable[[], None]) -> KnownEffects:
    """Run A/B tests, each with a salt and a crowd of its own; the last look is at the end of the last day."""
    rows = []
    for number in range(count):
        rows.append(one_known_effect(world, number))
        progress()
    return effects_of(world, rows)


def effects_of(world: World, rows: Sequence[Row]) -> KnownEffects:
    """What several tests found."""
    metrics = tuple(rows[0])
    table = np.array([[row[name] for name in metrics] for row in rows], dtype=np.float64)
    truths = np.array([true_difference(world, name, 27) for name in metrics])
    return KnownEffects(metrics, truths[:, 0], truths[:, 1], *np.moveaxis(table, -1, 0))


def true_difference(world: World, metric: str, day: int) -> tuple[float, float]:
    """The exact difference of a metric up to and with a day, and in proportion to control.

    What a search brings is the mean over all recorded people and themes of the click model's exact expectation, since
    people are drawn alike and themes are too. How often somebody searches does not depend on what they are shown.
    """
    (found,) = (one for one in METRICS if one.name == metric)
    name = _OF_CLICKS[found.numerator]
    before, after = (world.of_a_search(name, world.recording.variant(one)) for one in (CONTROL, VARIANT))
    times = mean_searches(day) if found.denominator is None else 1.0
    return (after - before) * times, (after - before) / before


def one_known_effect(world: World, number: int) -> Row:
    """Run one test; by metric, what `KnownEffects` has of each, from `estimates` on."""
    made = trial(world, {CONTROL: CONTROL, VARIANT: VARIANT}, PEOPLE, (2, number))
    meant = {CONTROL: 0.5, VARIANT: 0.5}
    always: dict[str, bool] = {}
    last: dict[str, Comparison] = {}
    for day, people in enumerate(made.looks()):
        for comparison in analyse(people, meant, CONTROL, days=day + 1.0).variants[-1].comparisons:
            name = comparison.metric.name
            if comparison.metric.numerator in _OF_CLICKS:
                truth, _ = true_difference(world, name, day)
                always[name] = always.get(name, True) and comparison.sequence.holds(truth)
                last[name] = comparison
    return {name: _row(world, name, comparison, held=always[name]) for name, comparison in last.items()}


def _row(world: World, name: str, found: Comparison, *, held: bool) -> tuple[float, ...]:
    truth, _ = true_difference(world, name, 27)
    ratio = found.adjustment.variance_ratio if found.adjustment else 1.0
    once, decided = found.interval.holds(truth), not found.sequence.holds(0.0)
    return found.difference, found.standard_error, once, held, decided, ratio
