"""The benchmarks' plots."""

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator

from lab.report.result import Report, Result
from plots.style import COLOURS, GREY, distribution, save_plot, thinned


@dataclass(frozen=True)
class Plot:
    """A plot of one benchmark."""

    benchmark: str
    file: str
    caption: str
    draw: Callable[[Sequence[Result], Figure], None]


def write_plots(reports: Mapping[str, Report], folder: Path) -> None:
    """Draw what there are results for."""
    for plot in PLOTS:
        results = (
            [result for result in reports[plot.benchmark].results if result.series] if plot.benchmark in reports else []
        )
        if results:
            save_plot(partial(plot.draw, results), folder / plot.file)


def images(benchmark: str) -> str:
    """The benchmark's plots, as its part of the page shows them."""
    return "\n\n".join(f"![{plot.caption}](plots/{plot.file})" for plot in PLOTS if plot.benchmark == benchmark)


def _breakdown(results: Sequence[Result], figure: Figure) -> None:
    """One bar for each catalogue, of the parts of the difference, beside the bare round trip."""
    axes = figure.add_subplot()
    labels = []
    for place, result in enumerate(results):
        left = 0.0
        for (name, value), colour in zip(result.series["parts"].items(), COLOURS, strict=False):
            width = max(value, 0.0)  # a part within the noise of nothing
            axes.barh(2 * place, width, left=left, color=colour, label=name if place == 0 else None)
            left += width
        axes.barh(2 * place + 1, result.series["bare"], color=GREY, label=None if place else "bare GET + HMGET")
        labels += [_short(result), "bare round trip"]
    axes.set_yticks(range(len(labels)), labels)
    axes.invert_yaxis()
    axes.grid(visible=False, axis="y")
    axes.set_xlabel("milliseconds, medians over blocks")
    axes.set_title("What personalizing adds to a search, all scores cached")
    figure.legend(loc="outside lower center", ncols=3)


def _latencies(results: Sequence[Result], figure: Figure) -> None:
    """The share of searches that were at least that fast."""
    for place, result in enumerate(results, start=1):
        axes: Axes = figure.add_subplot(1, len(results), place)
        for (name, taken), colour in zip(result.series["latencies"].items(), COLOURS, strict=False):
            axes.plot(*distribution(taken), color=colour, label=name if place == 1 else None)
        taken_by_all = [sample for taken in result.series["latencies"].values() for sample in taken]
        # The slowest in a hundred would squeeze all others against the axis.
        axes.set_xlim(0, statistics.quantiles(taken_by_all, n=100)[-1] * 1.1)
        axes.set_xlabel("milliseconds")
        axes.set_title(_short(result))
        if place == 1:
            axes.set_ylabel("share of searches")
    figure.legend(loc="outside lower center", ncols=2)


def _environments(results: Sequence[Result], figure: Figure) -> None:
    """Searches a second by number of environments, with what plain Python would make of them."""
    axes = figure.add_subplot()
    series = results[0].series
    counts = [int(count) for count in series["environments"]]
    rates = [rate[0] for rate in series["environments"].values()]
    errors = [
        [rate[0] - rate[1] for rate in series["environments"].values()],
        [rate[2] - rate[0] for rate in series["environments"].values()],
    ]
    axes.errorbar(counts, rates, yerr=errors, marker="o", capsize=4, color=COLOURS[0], label="searches")
    axes.plot(counts, list(series["ceiling"].values()), "--", color=GREY, label="if it scaled as plain Python does")
    axes.set_xscale("log", base=2)
    axes.set_xticks(counts, [str(count) for count in counts])
    axes.set_ylim(bottom=0)
    axes.set_xlabel("environments (processes)")
    axes.set_ylabel("searches a second")
    axes.set_title(f"Throughput, user cached: {_short(results[0])}")
    figure.legend(loc="outside lower center", ncols=2)


def _growth(results: Sequence[Result], figure: Figure) -> None:
    """Times on the left, sizes on the right; both axes logarithmic."""
    series = results[0].series
    sizes = series["sizes"]
    times = {
        "build": [seconds * 1000 for seconds in series["build_s"]],
        "open": series["open_ms"],
        "search, p50": series["search_ms"],
    }
    memory = {"bundle on disk": series["bundle_mb"], "peak memory, searching": series["memory_mb"]}
    for place, (unit, lines) in enumerate((("milliseconds", times), ("megabytes", memory)), start=1):
        axes = figure.add_subplot(1, 2, place)
        for (name, values), colour in zip(lines.items(), COLOURS, strict=False):
            axes.loglog(sizes, values, marker="o", color=colour, label=name)
        axes.set_xlabel("titles in the catalogue")
        axes.set_ylabel(unit)
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.10g}"))
        axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axes.set_xticks(sizes, [_thousands(size) for size in sizes])
        axes.minorticks_off()
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=len(lines))  # below: lines may be anywhere
    figure.suptitle("Growth, synthetic catalogues")


def _cold(results: Sequence[Result], figure: Figure) -> None:
    """Each start as a point, the median as a bar."""
    axes = figure.add_subplot()
    cold: Mapping[str, Any] = results[0].series["cold_ms"]
    for place, taken in enumerate(cold.values()):
        axes.barh(place, statistics.median(taken), color=COLOURS[0], alpha=0.5)
        strokes = thinned(taken)
        axes.plot(strokes, [place] * len(strokes), "|", color="#000000", markersize=12)
    axes.set_yticks(range(len(cold)), list(cold))
    axes.invert_yaxis()
    axes.grid(visible=False, axis="y")
    axes.set_xlabel("milliseconds; bar: median, strokes: each start")
    axes.set_title("Cold start")


def _short(result: Result) -> str:
    return result.catalogue.replace(", ", "\n") if result.catalogue else result.title


def _thousands(count: int) -> str:
    for unit, letter in ((1_000_000, "M"), (1_000, "k")):
        if count >= unit:
            return f"{count / unit:g}{letter}"
    return str(count)


PLOTS = (
    Plot("cached", "cost-breakdown.svg", "Stacked bars: what personalizing adds to a search, by part", _breakdown),
    Plot("cached", "latency.svg", "Cumulative distribution of latencies, anonymous and personalized", _latencies),
    Plot("whole", "environments.svg", "Searches a second by number of environments", _environments),
    Plot("growth", "growth.svg", "Times and sizes by number of titles", _growth),
    Plot("cold_start", "cold-start.svg", "Cold start, step by step", _cold),
)
