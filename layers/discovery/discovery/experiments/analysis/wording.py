"""The sentences of an analysis."""

from collections.abc import Mapping, Sequence

from discovery.experiments.analysis.metric import Metric
from discovery.experiments.analysis.results import Comparison, State
from discovery.statistics.interval import Interval
from discovery.statistics.sequences import ALPHA

_PERCENT = 100
_MINUS = "−"


def change(comparison: Comparison) -> str:
    """The difference with its confidence sequence: "plays +3.1 % [1.2, 5.0]", or in the metric's own unit."""
    relative, bounds = comparison.relative, comparison.relative_sequence
    if comparison.metric.role == "guardrail" or relative is None or bounds.low is None:
        return f"{comparison.metric.label} {_absolute(comparison.metric, comparison.difference, comparison.sequence)}"
    return f"{comparison.metric.label} {_signed(relative * _PERCENT)} % {_bounds(bounds, _PERCENT)}"


def sentence(state: State, comparisons: Sequence[Comparison], more: str) -> str:
    """What is known of one variant that can be read; `more` says what it still needs, if that is undecided."""
    by_outcome: Mapping[str, list[Comparison]] = {
        outcome: [comparison for comparison in comparisons if comparison.outcome == outcome]
        for outcome in ("better", "worse", "harmed", "undecided", "same")
    }
    better, worse = (", ".join(change(c) for c in by_outcome[outcome]) for outcome in ("better", "worse"))
    match state:
        case "ship":
            return f"{better}, {_guarded(comparisons)}"
        case "harm":
            found = ", ".join(change(c) for c in (*by_outcome["harmed"], *by_outcome["worse"]))
            return f"{found}, do not ship"
        case "mixed":
            return f"{better}, but {worse}: weigh one against the other"
        case "same":
            return f"{change(by_outcome['same'][0])}, no difference worth the name"
        case _:
            return _undecided(comparisons, better, more)


def _guarded(comparisons: Sequence[Comparison]) -> str:
    guarded = any(comparison.metric.role == "guardrail" for comparison in comparisons)
    return "safe to ship" if guarded else "but no guardrail was measured"


def _undecided(comparisons: Sequence[Comparison], better: str, more: str) -> str:
    if better:
        open_ = [c for c in comparisons if c.metric.role == "guardrail" and c.outcome == "undecided"]
        limits = ", ".join(
            f"{c.metric.label} may be up to {_amount(c.metric, c.harm or 0.0)} worse"
            f" ({_amount(c.metric, c.metric.margin)} is allowed)"
            for c in open_
        )
        return f"{better}, but not known to be safe yet: {limits}; {more}"
    family = [comparison for comparison in comparisons if comparison.metric.role == "decision"]
    if not family:
        return "not decided yet: no metric to decide by was measured"
    # Of the first metric, unless another's own sequence excludes 0, and only the number of metrics keeps it undecided.
    told = next((comparison for comparison in family if comparison.p_sequential <= ALPHA), family[0])
    return f"not decided yet: {change(told)}; {more}"


def needs(more: int | None, days: float | None) -> str:
    """How many more people, and how many days at the pace so far, where known."""
    if more is None:
        return "more people alone will not decide it"
    pace = (
        "" if days is None else f" (about {_count(max(1, round(days)))} more {'day' if round(days) <= 1 else 'days'})"
    )
    return f"needs about {_count(more)} more {'person' if more == 1 else 'people'}{pace}"


def probability(p: float) -> str:
    """One significant digit, and no zero: "p = 0.0003"."""
    return "p < 0.0001" if p < 0.0001 else f"p = {p:.1g}"  # noqa: PLR2004 - as far as anybody reads


def _count(people: int) -> str:
    """Two significant digits, since it is a guess."""
    return f"{float(f'{people:.2g}'):,.0f}"


def _absolute(metric: Metric, difference: float, bounds: Interval) -> str:
    scale, unit = _scale(metric)
    return f"{_signed(difference * scale)} {unit} {_bounds(bounds, scale)}"


def _amount(metric: Metric, value: float) -> str:
    scale, unit = _scale(metric)
    return f"{_number(value * scale)} {unit}"


def _scale(metric: Metric) -> tuple[float, str]:
    return (_PERCENT, "pp") if metric.unit == "share" else (1, metric.unit)


def _bounds(bounds: Interval, scale: float) -> str:
    low, high = (
        "" if value is None else _number(value * scale).replace("-", _MINUS) for value in (bounds.low, bounds.high)
    )
    return f"[{low}, {high}]"


def _signed(value: float) -> str:
    text = _number(value)
    return text.replace("-", _MINUS) if text.startswith("-") else f"+{text}"


def _number(value: float) -> str:
    """One decimal; two significant digits below 1, as far as three decimals go."""
    small = abs(value) < 1
    text = f"{value:.{3 if small and abs(value) < 0.1 else 2 if small else 1}f}"  # noqa: PLR2004 - digits
    return text if float(text) else "0.0"
