"""The tables of a run, and its plots."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from matplotlib.figure import Figure
from scipy import stats

from lab.experiments.known_effects import KnownEffects
from lab.experiments.null_tests import NullTests
from lab.experiments.orders import SEARCHES, Orders
from lab.experiments.race import Finish, Race
from lab.experiments.random_clicks import WAYS as RANDOM_WAYS
from lab.experiments.random_clicks import RandomClicks
from lab.experiments.world import World
from lab.ranking.measures import Floats
from lab.report.table import Table
from plots.style import COLOURS, GREY, distribution

Raced = tuple[Race, Sequence[Finish], Sequence[Finish], Sequence[Finish]]
"""The A/B tests, the multileaved experiments with credit by teams, and those with credit by shares."""
_FALSE_POSITIVES, _MISMATCHES, _COVERAGE, _RATIO = 0.05, 0.003, 0.95, 20.0
_SURE = 0.01
"""p of a binomial or Kolmogorov–Smirnov test below which a target counts as missed, not as missed by chance."""


def world_table(world: World) -> Table:
    """What a search truly brings under each weight."""
    names = ("clicked", "clicks", "plays", "completions", "minutes")
    rows = [
        (name, f"{weight:g}", *(f"{world.of_a_search(what, place):.4f}" for what in names))
        for place, (name, weight) in enumerate(zip(world.recording.variants, world.recording.weights, strict=True))
    ]
    return Table(("variant", "weight", "searches clicked", *names[1:]), rows, title="What a search brings, exactly")


def null_table(found: NullTests) -> Table:
    """False positives by metric."""
    sequential, peeked = (found.false_positives(values) for values in (found.sequential, found.peeked))
    tests = len(found.once)
    rows = []
    for place, name in enumerate(found.metrics):
        once = found.once[:, place]
        uniform = float(stats.kstest(once, "uniform").pvalue)
        share = float(sequential[place])
        verdict = at_most(round(share * tests), tests, _FALSE_POSITIVES)
        verdict = "missed" if uniform < _SURE else verdict
        rows.append(
            (
                name,
                f"{share:.1%}",
                f"{(once <= _FALSE_POSITIVES).mean():.1%}",
                f"{peeked[place]:.1%}",
                f"{uniform:.2f}",
                verdict,
            )
        )
    header = ("metric", "sequence, a look a day", "one look", "the same p, a look a day", "uniform: KS p", "")
    return Table(header, rows, title=f"False positives of {tests:,} A/A tests", words=(0, 5))


def null_words(found: NullTests) -> str:
    """What is found over all metrics, and of the shares."""
    tests = len(found.once)
    decided, mismatch, once = (int(values.sum()) for values in (found.decided, found.mismatch, found.mismatch_once))
    return (
        f"A verdict that some variant is better or worse, at any look: {decided} of {tests:,}. A sample ratio mismatch "
        f"at any look: {mismatch} ({at_most(mismatch, tests, _MISMATCHES)}); by Pearson's test at 0.1 % on "
        f"the last day: {once} ({at_most(once, tests, _MISMATCHES)})."
    )


def at_most(count: int, of: int, target: float) -> str:
    """Whether a share is at most a target."""
    if count <= target * of:
        return "met"
    return "missed" if stats.binomtest(count, of, target, alternative="greater").pvalue < _SURE else "too close to tell"


def effects_table(found: KnownEffects) -> Table:
    """Coverage, bias and CUPED by metric."""
    tests = len(found.held)
    rows = []
    for place, name in enumerate(found.metrics):
        held, always = (int(values[:, place].sum()) for values in (found.held, found.held_always))
        bias = (found.estimates[:, place].mean() - found.truth[place]) / found.errors[:, place].mean()
        two_sided = stats.binomtest(held, tests, _COVERAGE).pvalue
        rows.append(
            (
                name,
                f"{found.relative[place]:+.1%}",
                f"{held / tests:.1%}",
                f"{always / tests:.1%}",
                f"{bias:+.2f}",
                f"{found.decided[:, place].mean():.0%}",
                f"{np.median(found.variance_ratio[:, place]):.3f}",
                "met" if two_sided >= _SURE and always >= _COVERAGE * tests else "missed",
            )
        )
    header = (
        "metric",
        "true effect",
        "interval holds it",
        "sequence does, every day",
        "bias, in standard errors",
        "found by day 28",
        "variance with CUPED",
        "",
    )
    return Table(header, rows, title=f"{tests:,} A/B tests with a known effect", words=(0, 7))


def race_table(races: Sequence[Raced]) -> Table:
    """Searches by each way, medians."""
    rows = []
    for race, *ways in races:
        tested, *medians = (float(np.median([one.searches for one in found])) for found in ways)
        right = [sum(one.better == race.better for one in found) for found in ways]
        rows.append(
            (
                " – ".join(race.pair),
                f"{race.effect:+.1%}",
                *(f"{median:,.0f}" for median in (tested, *medians)),
                *(f"{tested / median:.1f}" for median in medians),
                " / ".join(map(str, right)) + f" of {len(ways[0])}",
                "met" if tested / medians[-1] >= _RATIO else "missed",
            )
        )
    ratios = ("ratio, by teams", "ratio, by shares")
    header = ("weights", "true effect", "A/B", "by teams", "by shares", *ratios, "found the better", "≥ 20, by shares")
    return Table(header, rows, title="Searches until the better of two weights is known", words=(0, 8))


def random_table(found: RandomClicks) -> Table:
    """How often people without a preference are said to have one."""
    rows = []
    for habit, decided in found.decided.items():
        counts = [int(count) for count in decided.sum(axis=0)]
        tests = len(decided)
        verdict = at_most(counts[0], tests, _FALSE_POSITIVES)
        rows.append((habit, *(f"{count / tests:.1%}" for count in counts), verdict))
    header = ("clicks at random on", *RANDOM_WAYS, "≤ 5 %, by shares")
    return Table(header, rows, title=f"{tests:,} experiments with people who prefer nobody", words=(0, 4))


def orders_table(found: Orders) -> Table:
    """How near the order of five weights is."""
    rows = [
        (
            f"{searches:,}",
            *(f"{values[:, place].mean():.2f}" for values in (found.multileaved, found.tested)),
            f"{(found.multileaved[:, place] == 1).mean():.0%}",
            f"{found.best[:, place].mean():.0%}",
        )
        for place, searches in enumerate(SEARCHES)
    ]
    header = ("searches", "τ, multileaved", "τ, A/B of five", "wholly right", "best found")
    return Table(header, rows, title="The order of five weights", words=())


def draw_null(found: NullTests, figure: Figure) -> None:
    """The distribution of p-values of A/A tests, each metric's."""
    axes = figure.add_subplot()
    axes.plot([0, 1], [0, 1], color=GREY, linestyle="--", label="uniform")
    for place, (name, colour) in enumerate(zip(found.metrics, COLOURS, strict=False)):
        axes.plot(*distribution(found.once[:, place].tolist()), color=colour, label=name)
    axes.set_xlabel("p of the last day, one look")
    axes.set_ylabel("share of the A/A tests up to it")
    figure.legend(loc="outside lower center", ncols=4)


def draw_races(races: Sequence[Raced], figure: Figure) -> None:
    """The share of the simulations that were decided, by searches."""
    axes = figure.add_subplot()
    for (race, *ways), colour in zip(races, COLOURS, strict=False):
        for found, style, way in zip(ways, (":", "--", "-"), ("A/B", "by teams", "by shares"), strict=True):
            ended = [float(one.searches) for one in found if one.better is not None]
            values, share = distribution(ended)
            part = [one * len(ended) / len(found) for one in share]
            axes.plot(values, part, style, color=colour, label=f"{' – '.join(race.pair)}: {way}")
    axes.set_xscale("log")
    axes.set_xlabel("searches")
    axes.set_ylabel("share decided")
    figure.legend(loc="outside lower center", ncols=3, fontsize=7)


def order_words(world: World, values: Floats) -> str:
    """The true order, and how near neighbours are."""
    order = np.argsort(-values)
    steps = ", ".join(f"{values[a] / values[b] - 1:+.1%}" for a, b in pairwise(order))
    return f"The true order is {' > '.join(world.recording.variants[place] for place in order)} (steps of {steps})."
