"""Simulated experiments, each analysed by the code that analyses real ones."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import SeedSequence, default_rng

from discovery.experiments.analysis.comparing import compare, group
from discovery.experiments.analysis.credits import Credits
from discovery.experiments.analysis.experiment import MISMATCH, analyse
from discovery.experiments.analysis.metric import METRICS
from discovery.experiments.analysis.multileaving import preferences
from discovery.experiments.analysis.people import Floats, People
from discovery.experiments.analysis.results import Comparison
from discovery.statistics.chi_square import goodness_of_fit
from discovery.statistics.sample_ratio import mismatch_p
from discovery.statistics.sequences import ALPHA
from lab.experiments.calibration.synthetic import DAYS, MEANT, VARIANTS, World, days_of, final

PLAYS = next(metric for metric in METRICS if metric.name == "plays")
CLICK_THROUGH = next(metric for metric in METRICS if metric.name == "click_through")
_DECISIONS = ("ship", "harm", "mixed", "same")


@dataclass(frozen=True)
class Looks:
    """An experiment looked at every day of four weeks."""

    z: dict[str, tuple[float, ...]]
    """By metric: the difference in standard errors, at each look with enough people."""
    p: dict[str, tuple[float, ...]]
    """By metric: the p-value of a single look."""
    always_valid: dict[str, tuple[float, ...]]
    """By metric: the always-valid p-value, of the same looks."""
    people: tuple[int, ...]
    """At the same looks."""
    mismatch: bool
    """Whether the sequential test of the sample ratio ever fired."""
    state: str
    """The first that was a decision (ship, harm, mixed, same), or the last."""

    def ever(self, metric: str) -> bool:
        """Whether the always-valid p-value was ever at most 0.05."""
        return min(self.always_valid[metric], default=1.0) <= ALPHA

    def ever_once(self, metric: str) -> bool:
        """Whether the p-value of a single look ever was, as for whoever looks every day and should not."""
        return min(self.p[metric], default=1.0) <= ALPHA


@dataclass(frozen=True)
class Estimate:
    """An A/B test with a known truth, looked at once: by metric."""

    relative: dict[str, float]
    relative_plain: dict[str, float]
    """Without CUPED."""
    covered: dict[str, bool]
    """Whether the 95 % interval of the relative difference held the truth."""
    covered_always: dict[str, bool]
    """Whether the sequence did."""
    covered_plain: dict[str, bool]
    """Whether the interval without CUPED did."""
    variance: dict[str, float]
    """With CUPED."""
    variance_plain: dict[str, float]


def looked_at_daily(seed: SeedSequence, world: World) -> Looks:
    """Look at an experiment every day of four weeks."""
    found: dict[str, list[Comparison]] = {PLAYS.name: [], CLICK_THROUGH.name: []}
    counts, states, mismatch = [], [], False
    for people in days_of(world, default_rng(seed)):
        analysis = analyse(people, MEANT, "control")
        states.append(analysis.state)
        mismatch = mismatch or bool(analysis.sample_ratio and analysis.sample_ratio.mismatch)
        comparisons = {comparison.metric.name: comparison for comparison in analysis.variants[1].comparisons}
        if comparisons:
            counts.append(analysis.people)
            for name, days in found.items():
                days.append(comparisons[name])
    return Looks(
        z={name: tuple(c.difference / c.standard_error for c in days) for name, days in found.items()},
        p={name: tuple(c.p for c in days) for name, days in found.items()},
        always_valid={name: tuple(c.p_sequential for c in days) for name, days in found.items()},
        people=tuple(counts),
        mismatch=mismatch,
        state=next((state for state in states if state in _DECISIONS), states[-1]),
    )


def ever_crossed(seed: SeedSequence, people: int) -> bool:
    """Whether the sequence on plays ever excludes 0, with nobody new after the first day and everybody alike.

    That tries it most: every day adds as much as the one before, and nothing of a person lasts.
    """
    chance = default_rng(seed)
    variant = chance.integers(0, 2, people).astype(np.int32)
    plays = np.zeros(people)
    for _ in range(DAYS):
        plays = plays + chance.poisson(0.2, people)
        if compared(PLAYS.name, People(VARIANTS, variant, {"plays": plays})).p_sequential <= ALPHA:
            return True
    return False


def ab_test(seed: SeedSequence, world: World) -> Estimate:
    """Look once, at the end, at two variants whose difference is known."""
    people = final(world, default_rng(seed))
    truth = {PLAYS.name: world.plays, CLICK_THROUGH.name: world.clicks}
    with_cuped = {name: compared(name, people) for name in truth}
    plain = {name: compared(name, People(people.variants, people.variant, people.sums)) for name in truth}
    return Estimate(
        relative={name: found.relative or 0.0 for name, found in with_cuped.items()},
        relative_plain={name: found.relative or 0.0 for name, found in plain.items()},
        covered={name: found.relative_interval.holds(truth[name]) for name, found in with_cuped.items()},
        covered_always={name: found.relative_sequence.holds(truth[name]) for name, found in with_cuped.items()},
        covered_plain={name: found.relative_interval.holds(truth[name]) for name, found in plain.items()},
        variance={name: found.standard_error**2 for name, found in with_cuped.items()},
        variance_plain={name: found.standard_error**2 for name, found in plain.items()},
    )


def ratio_test(seed: SeedSequence, share: float, people_a_day: int = 500) -> tuple[bool, bool, bool]:
    """Look daily at how many came to each of two variants that should be equal, if `share` come to the first.

    Returns: whether the sequential test ever fired, Pearson's test did on the last day, and it did on any day.
    """
    first = default_rng(seed).binomial(people_a_day, share, DAYS).cumsum()
    counts = [{"control": int(n), "treatment": (day + 1) * people_a_day - int(n)} for day, n in enumerate(first)]
    once = [goodness_of_fit(count, MEANT).p < MISMATCH for count in counts]
    return any(mismatch_p(count, MEANT) < MISMATCH for count in counts), once[-1], any(once)


def credit_test(seed: SeedSequence, shares: Sequence[float], people: int = 1000) -> tuple[int, str] | None:
    """Look after every ten people who gave credit to weights, if they give it by these shares.

    Returns: how many it took to tell the first from the next, and which was first; None where it never was.
    """
    chance = default_rng(seed)
    credit: Floats = chance.multinomial(1 + chance.poisson(chance.gamma(0.5, 4.0, people)), shares).astype(float)
    names = tuple(f"weight_{place}" for place in range(len(shares)))
    for look in range(10, people + 1, 10):
        pairs = preferences(Credits(names, credit[:look])).pairs
        if pairs[0].decided:
            return look, pairs[0].first
    return None


def compared(name: str, people: People) -> Comparison:
    """One metric of the treatment against control."""
    metric = next(metric for metric in METRICS if metric.name == name)
    treated, control = group(metric, people, "treatment"), group(metric, people, "control")
    if treated is None or control is None:
        raise ValueError(f"{name} has nothing to divide by")
    return compare(metric, "treatment", treated, control)
