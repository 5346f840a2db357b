"""The tables of a run, and its plot."""

from collections.abc import Mapping, Sequence

from matplotlib.figure import Figure

from discovery.statistics.bootstrap import bootstrapped_mean
from lab.ranking.alone import Situation, by_person
from lab.ranking.blended import WEIGHTS, Ordered
from lab.ranking.cases import Cases
from lab.ranking.guard import GUARDED, passing
from lab.ranking.measures import Floats
from lab.report.table import Table
from plots.style import COLOURS

Guarded = Mapping[float, Mapping[str, float]]
"""By weight and set: the share of the anonymous NDCG@10."""
_VARIANTS = {
    0.0: "control",
    0.15: "low",
    0.2: "default",
    0.25: "medium",
    0.4: "high",
    0.6: "aggressive",
    1.0: "scores alone",
}
_LEARNS_NOTHING_OF_NOBODY = ("itemKNN", "ALS", "EASE")


def alone_table(measured: Mapping[str, Sequence[Situation]], cases: Cases) -> Table:
    """Every recommender in every situation, with intervals over people."""
    header = ("", *(one.name for one in next(iter(measured.values()))))
    rows = [(name, *(_cell(name, one, cases) for one in found)) for name, found in measured.items()]
    return Table(header, rows, title="NDCG@10 of held-out likes, scores alone")


def weights_table(ordered: Mapping[float, Ordered], guarded: Guarded, cases: Cases) -> Table:
    """What the weights mean."""
    rows = [
        (
            f"{weight:g}",
            _VARIANTS[weight],
            _interval(one.ndcg, cases),
            f"{one.churn.mean():.2f}",
            f"{one.similarity.mean():.3f}",
            *(f"{share:.3f}" for share in guarded[weight].values()),
        )
        for weight, one in ordered.items()
    ]
    sets = (f"{name} kept" for name in next(iter(guarded.values())))
    header = ("weight", "variant", "NDCG@10 of likes", "churn@10", "similarity@10", *sets)
    return Table(header, rows, title="What the weights mean", words=(1,))


def verdict(guarded: Guarded) -> str:
    """Which weights may be the default."""
    able = [f"{weight:g}" for weight in passing(guarded) if weight not in (0.0, 1.0)]
    return f"Weights that keep 95 % on {' and '.join(GUARDED)}, each by itself: {', '.join(able) or 'none'}."


def diversity_table(diverse: Mapping[tuple[float, float], Ordered]) -> Table:
    """What maximal marginal relevance brings and costs."""
    rows = [
        (f"{weight:g}", f"{diversity:g}", f"{one.ndcg.mean():.3f}", f"{one.churn.mean():.2f}", f"{_similar(one):.3f}")
        for (weight, diversity), one in diverse.items()
    ]
    header = ("weight", "diversity", "NDCG@10 of likes", "churn@10", "similarity@10")
    return Table(header, rows, title="Maximal marginal relevance", words=())


def costs_table(costs: Mapping[str, float]) -> Table:
    """Milliseconds, megabytes and bytes."""
    return Table(("cost", "measured"), [(name, f"{value:,.2f}") for name, value in costs.items()])


def draw_weights(ordered: Mapping[float, Ordered], guarded: Guarded, figure: Figure) -> None:
    """Likes, churn and what is kept of the judgments, by weight."""
    axes = figure.add_subplot()
    lines: dict[str, list[float]] = {
        "NDCG@10 of likes": [float(ordered[weight].ndcg.mean()) for weight in WEIGHTS],
        "churn@10": [float(ordered[weight].churn.mean()) for weight in WEIGHTS],
        **{f"{name} kept": [guarded[weight][name] for weight in WEIGHTS] for name in guarded[0.0]},
    }
    for (name, values), colour in zip(lines.items(), COLOURS, strict=False):
        axes.plot(WEIGHTS, values, marker="o", color=colour, label=name)
    axes.set_xlabel("weight of the score")
    axes.set_ylim(0, 1.05)
    figure.legend(loc="outside lower center", ncols=3)


def _cell(name: str, one: Situation, cases: Cases) -> str:
    if one.name == "first 0 events" and name in _LEARNS_NOTHING_OF_NOBODY:
        return "–"
    return _interval(one.ndcg, cases)


def _interval(values: Floats, cases: Cases) -> str:
    found = bootstrapped_mean(by_person(cases, values))
    return f"{found.value:.3f} ({found.low:.3f} – {found.high:.3f})"


def _similar(one: Ordered) -> float:
    return float(one.similarity.mean())
