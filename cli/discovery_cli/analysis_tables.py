"""An analysis as tables and sentences, for the terminal and for a page alike."""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rich.console import RenderableType

from discovery.experiments.analysis.document import ExperimentResults
from discovery.experiments.analysis.metric import Metric
from discovery.experiments.analysis.plan import Plan
from discovery.experiments.analysis.results import Comparison, Preferences, VariantResult
from discovery.statistics.interval import Interval
from discovery_cli.tables import NONE, moment, table

_MINUS = "−"


@dataclass(frozen=True)
class Grid:
    """A header and rows of as many cells; all but the first columns hold numbers."""

    title: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    words: Sequence[int] = (0,)


def printed(found: ExperimentResults) -> list[RenderableType]:
    """The verdict, then the tables."""
    parts: list[RenderableType] = [f"{found.experiment}: {found.verdict}.", *notes(found)]
    for grid in grids(found):
        numbers = [column for column in range(len(grid.header)) if column not in grid.words]
        parts += [f"\n{grid.title}", table(grid.header, grid.rows, right=numbers)]
    return parts


def notes(found: ExperimentResults) -> list[str]:
    """What else is to be known of the data, a sentence each."""
    said = [
        f"Read {found.searches:,} searches and {found.outcomes:,} outcomes at {moment(found.computed_at.timestamp())}."
    ]
    if found.epoch is not None:
        said.append(f"Epoch {found.epoch.name}: {found.epoch.people:,} people, {found.epoch.days:.1f} days.")
    if found.mixed:
        said.append(f"{found.mixed:,} people were seen in two variants and are left out.")
    if found.damaged_lines:
        said.append(f"{found.damaged_lines:,} damaged lines are left out.")
    if found.damaged_files:
        said.append(f"{len(found.damaged_files):,} damaged files are left out: {', '.join(found.damaged_files[:5])}.")
    return said


def grids(found: ExperimentResults) -> list[Grid]:
    """Everything that has figures."""
    made = []
    if found.analysis is not None:
        made.append(_people(found))
        made += [_comparisons(one, found.analysis.control) for one in found.analysis.variants if one.comparisons]
    for preferred, what in ((found.by_clicks, "clicks"), (found.by_plays, "plays")):
        if preferred is not None and preferred.people:
            made += [_shares(preferred, what), _pairs(preferred, what)]
    if len(found.epochs) > 1:
        made.append(_epochs(found))
    return made


def _people(found: ExperimentResults) -> Grid:
    analysis = found.analysis
    rows, title = [], "People"
    if analysis is not None:
        total, ratio = max(1, analysis.people), analysis.sample_ratio
        meant = ratio.meant if ratio is not None else {}
        rows = [
            (one.variant, f"{one.people:,}", percent(one.people / total), percent(meant.get(one.variant)), one.verdict)
            for one in analysis.variants
        ]
        if ratio is not None:
            title += f" (sample ratio: p = {ratio.p:.3g}{', MISMATCH' if ratio.mismatch else ''})"
    return Grid(title, ("variant", "people", "share", "meant", "verdict"), rows, words=(0, 4))


def _comparisons(result: VariantResult, control: str) -> Grid:
    header = (
        "metric",
        control,
        result.variant,
        "difference",
        "always valid",
        "looked at once",
        "p",
        "CUPED",
        "outcome",
    )
    rows = [
        (
            one.metric.label,
            amount(one.metric, one.control_value),
            amount(one.metric, one.variant_value),
            percent(one.relative, signed=True)
            if _is_relative(one)
            else amount(one.metric, one.difference, signed=True),
            _bounds(one, one.relative_sequence, one.sequence),
            _bounds(one, one.relative_interval, one.interval),
            f"{one.p_sequential if one.p_adjusted is None else one.p_adjusted:.3g}",
            NONE if one.adjustment is None else f"× {one.adjustment.variance_ratio:.2f}",
            one.outcome,
        )
        for one in result.comparisons
    ]
    return Grid(f"{result.variant} against {control}", header, rows, words=(0, 8))


def _is_relative(one: Comparison) -> bool:
    return one.relative is not None and one.metric.role != "guardrail"


def _bounds(one: Comparison, relative: Interval, absolute: Interval) -> str:
    if _is_relative(one):
        low, high = (percent(bound, signed=True) for bound in (relative.low, relative.high))
    else:
        low, high = (
            NONE if bound is None else amount(one.metric, bound, signed=True) for bound in (absolute.low, absolute.high)
        )
    return f"{low} to {high}"


def _shares(found: Preferences, what: str) -> Grid:
    rows = [
        (one.variant, percent(one.share), f"{percent(one.sequence.low)} to {percent(one.sequence.high)}")
        for one in found.shares
    ]
    title = f"Shares of the {what} of {found.people:,} people: {found.verdict}"
    return Grid(title, ("variant", "share", "always valid"), rows)


def _pairs(found: Preferences, what: str) -> Grid:
    rows = [
        (
            f"{one.first} over {one.second}",
            f"{one.people:,}",
            percent(one.share),
            f"{percent(one.sequence.low)} to {percent(one.sequence.high)}",
            f"{one.p_adjusted:.3g}",
            "yes" if one.decided else "not yet",
        )
        for one in found.pairs
    ]
    return Grid(f"Preferences by {what}", ("pair", "people", "share", "always valid", "p", "decided"), rows, (0, 5))


def _epochs(found: ExperimentResults) -> Grid:
    rows = [
        (one.name, moment(one.first / 1000), moment(one.last / 1000), f"{one.people:,}", f"{one.searches:,}")
        for one in found.epochs
    ]
    return Grid("Epochs (--epoch analyses another)", ("epoch", "first", "last", "people", "searches"), rows, (0, 1, 2))


def plan_table(found: Plan, days_seen: float) -> list[RenderableType]:
    """What an experiment could find."""
    rows = [
        (
            one.metric.label,
            amount(one.metric, one.value),
            percent(one.detectable),
            percent(one.detectable_once),
            _count(one.people),
            _count(one.days),
            f"× {one.variance_ratio:.2f}",
        )
        for one in found.metrics
    ]
    wanted = percent(found.effect)
    header = ("metric", "now", "detectable", "looked at once", f"people for {wanted}", f"days for {wanted}", "CUPED")
    return [
        f"From the last {days_seen:.1f} days of the lake: {found.people:,.0f} people in {found.days:g} days, in both "
        "variants together. Power 80 %, at 5 %.",
        table(header, rows, right=range(1, 7)),
    ]


def plan_document(found: Plan, days_seen: float) -> dict[str, Any]:
    """The same for scripts; what is never reached is null."""
    document = {**asdict(found), "from_days": days_seen}
    for one in document["metrics"]:
        one |= {name: None for name in ("people", "days") if math.isinf(one[name])}
    return document


def amount(metric: Metric, value: float, *, signed: bool = False) -> str:
    """A value of a metric in its unit."""
    if metric.unit == "share":
        return f"{_number(value * 100, 2, signed=signed)} {'pp' if signed else '%'}"
    unit = " ms" if metric.unit == "ms" else ""
    return f"{_number(value, 1 if metric.unit == 'ms' else 3, signed=signed)}{unit}"


def percent(share: float | None, *, signed: bool = False) -> str:
    """A share as a percentage."""
    return NONE if share is None or math.isnan(share) else f"{_number(share * 100, 1, signed=signed)} %"


def _number(value: float, digits: int, *, signed: bool) -> str:
    if math.isinf(value):
        return "never"
    return f"{value:{'+' if signed else ''},.{digits}f}".replace("-", _MINUS)


def _count(value: float) -> str:
    return "never" if math.isinf(value) else f"{math.ceil(value):,}"
