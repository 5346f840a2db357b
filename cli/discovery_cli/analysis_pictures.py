"""An analysis as pictures."""

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from discovery.experiments.analysis.results import Comparison, Preferences, VariantResult
from discovery.statistics.interval import Interval
from plots.style import COLOURS, GREY, svg

_BLUE, _ORANGE, _GREEN = COLOURS[:3]
_RED = COLOURS[5]
_OUTCOME_COLOURS = {"better": _GREEN, "safe": _GREEN, "worse": _RED, "harmed": _RED}
_ROW, _FRAME = 0.42, 1.3
"""Inches."""


def draw_differences(result: VariantResult) -> str | None:
    """Relative differences to control, each with both intervals; None where there are none."""
    shown = [one for one in result.comparisons if one.relative is not None and one.metric.role != "guardrail"]
    if not shown:
        return None

    def draw(figure: Figure) -> None:
        axes = figure.subplots()
        for row, one in enumerate(shown):
            colour = _OUTCOME_COLOURS.get(one.outcome, _BLUE)
            _bar(axes, row, one.relative_sequence, colour, width=2, alpha=0.9)
            _bar(axes, row, one.relative_interval, colour, width=7, alpha=0.35)
            axes.plot([100 * (one.relative or 0)], [row], "o", color=colour)
        _rows(axes, [one.metric.label for one in shown])
        axes.set_xlabel("difference to control (%): thick 95 % at one look, thin 95 % at every look")

    return svg(draw, height=_FRAME + _ROW * len(shown))


def draw_guardrails(result: VariantResult) -> str | None:
    """How much worse a variant can be, in shares of what is allowed; None where nothing guards."""
    shown = [one for one in result.comparisons if one.metric.role == "guardrail" and one.harm is not None]
    if not shown:
        return None

    def draw(figure: Figure) -> None:
        axes = figure.subplots()
        for row, one in enumerate(shown):
            colour = _OUTCOME_COLOURS.get(one.outcome, _BLUE)
            axes.barh([row], [100 * _of_margin(one)], color=colour, alpha=0.7, height=0.5)
        axes.axvline(100, color=_RED, linestyle="--", label="the margin")
        _rows(axes, [one.metric.label for one in shown])
        axes.set_xlabel("how much worse at most, at every look (% of the margin)")
        axes.legend()

    return svg(draw, height=_FRAME + _ROW * len(shown))


def draw_preferences(found: Preferences, what: str) -> str | None:
    """Shares of the credit."""
    if not found.shares:
        return None

    def draw(figure: Figure) -> None:
        axes = figure.subplots()
        for row, one in enumerate(found.shares):
            _bar(axes, row, one.sequence, _BLUE, width=2, alpha=0.9)
            _bar(axes, row, one.interval, _BLUE, width=7, alpha=0.35)
            axes.plot([100 * one.share], [row], "o", color=_BLUE)
        _rows(axes, [one.variant for one in found.shares], at=100 / len(found.shares))
        axes.set_xlabel(f"share of a person's {what} (%)")

    return svg(draw, height=_FRAME + _ROW * len(found.shares))


def _of_margin(one: Comparison) -> float:
    return max(0.0, (one.harm or 0.0) / one.metric.margin) if one.metric.margin else 0.0


def _bar(axes: Axes, row: int, bounds: Interval, colour: str, *, width: float, alpha: float) -> None:
    if bounds.low is not None and bounds.high is not None:
        axes.plot([100 * bounds.low, 100 * bounds.high], [row, row], color=colour, linewidth=width, alpha=alpha)


def _rows(axes: Axes, labels: Sequence[str], at: float = 0) -> None:
    axes.axvline(at, color=GREY)
    axes.set_yticks(range(len(labels)), labels)
    axes.set_ylim(len(labels) - 0.5, -0.5)
    axes.grid(visible=False, axis="y")
