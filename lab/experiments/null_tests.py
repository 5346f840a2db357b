"""A/A tests: both variants show the same, so whatever is found is false."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from discovery.experiments.analysis.experiment import analyse
from lab.experiments.trial import trial
from lab.experiments.world import World
from lab.ranking.measures import Floats

SHOWN = "medium_boost"
PEOPLE = 2000
VARIANTS = ("control", "same")
_ALPHA = 0.05


Row = tuple[dict[str, tuple[float, float, float]], tuple[bool, bool, bool]]
"""What `one_null_test` found."""


@dataclass(frozen=True, eq=False)
class NullTests:
    """What each of some A/A tests found, with a look at the end of every day."""

    metrics: tuple[str, ...]
    sequential: Floats
    """`[tests, metrics]`: the smallest always-valid p of all looks."""
    peeked: Floats
    """`[tests, metrics]`: the smallest of the p-values that are for one look only."""
    once: Floats
    """`[tests, metrics]`: p of the last day, for one look."""
    decided: Floats
    """`[tests]`: whether any look gave a verdict that something is better or worse."""
    mismatch: Floats
    """`[tests]`: whether any look found a sample ratio mismatch."""
    mismatch_once: Floats
    """`[tests]`: whether Pearson's test did, at 0.1 %, on the last day."""

    def false_positives(self, p_values: Floats) -> Floats:
        """`[metrics]`: the share of the tests in which p was at most 0.05."""
        return np.asarray((p_values <= _ALPHA).mean(axis=0))


def null_tests(world: World, count: int, progress: Callable[[], None]) -> NullTests:
    """Run A/A tests, each with a salt and a crowd of its own."""
    rows = []
    for number in range(count):
        rows.append(one_null_test(world, number))
        progress()
    return summed_up(rows)


def summed_up(rows: Sequence[Row]) -> NullTests:
    """What several tests found."""
    metrics = tuple(rows[0][0])
    p_values = np.array([[row[0][name] for name in metrics] for row in rows])
    decided, mismatch, mismatch_once = np.array([row[1] for row in rows], dtype=np.float64).T
    return NullTests(metrics, p_values[..., 0], p_values[..., 1], p_values[..., 2], decided, mismatch, mismatch_once)


def one_null_test(world: World, number: int) -> Row:
    """By metric, the least always-valid p, the least p of one look, and the last; decided, mismatch by either test."""
    made = trial(world, dict.fromkeys(VARIANTS, SHOWN), PEOPLE, (1, number))
    meant = dict.fromkeys(VARIANTS, 0.5)
    found: dict[str, tuple[float, float, float]] = {}
    decided = mismatch = once = False
    for day, people in enumerate(made.looks()):
        analysis = analyse(people, meant, VARIANTS[0], days=day + 1.0)
        decided |= analysis.state in ("ship", "harm", "mixed")
        mismatch |= analysis.sample_ratio is not None and analysis.sample_ratio.mismatch
        once = analysis.sample_ratio is not None and analysis.sample_ratio.p_once < 0.001  # noqa: PLR2004 - 0.1 %
        for comparison in analysis.variants[-1].comparisons:
            least, peeked, _ = found.get(comparison.metric.name, (1.0, 1.0, 1.0))
            p = comparison.p
            found[comparison.metric.name] = (min(least, comparison.p_sequential), min(peeked, p), p)
    return found, (decided, mismatch, once)
