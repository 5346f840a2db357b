"""A plot of previews: how much each weight changes, over all queries and users."""

from collections.abc import Iterable
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from discovery.statistics.percentiles import percentile
from discovery_cli.preview_calls import Answered
from discovery_cli.preview_summary import columns_by_weight
from plots.style import COLOURS, save_plot

_BLUE, _ORANGE = COLOURS[:2]


def draw(answered: Iterable[Answered], file: Path) -> None:
    """Write an SVG: churn@10 on the left, rank-biased overlap with weight 0 on the right."""
    by_weight = columns_by_weight(answered)
    churn = {weight: [column.churn_at_10 for column in columns] for weight, columns in by_weight.items()}
    overlap = {weight: [column.rank_biased_overlap for column in columns] for weight, columns in by_weight.items()}

    def drawn(figure: Figure) -> None:
        left, right = figure.subplots(1, 2)
        _band(left, churn, _BLUE, "churn of the first ten results")
        _band(right, overlap, _ORANGE, "rank-biased overlap with weight 0")

    save_plot(drawn, file, height=3.8)


def _band(axes: Axes, samples: dict[float, list[float]], colour: str, label: str) -> None:
    """The median, with the middle 80 % around it."""
    weights = list(samples)
    axes.fill_between(
        weights,
        [percentile(values, 0.1) for values in samples.values()],
        [percentile(values, 0.9) for values in samples.values()],
        color=colour,
        alpha=0.2,
        label="p10 to p90",
    )
    medians = [percentile(values, 0.5) for values in samples.values()]
    axes.plot(weights, medians, marker="o", color=colour, label="median")
    axes.set_xlabel("weight")
    axes.set_ylabel(label)
    axes.set_ylim(-0.03, 1.03)
    axes.legend()
