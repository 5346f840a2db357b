"""Results as tables on the terminal."""

from rich.console import Console
from rich.table import Table

from lab.report.result import Comparison, Figure, Report, Result, amount
from lab.statistics.blocks import NOISY

_STYLES = {"met": "green", "missed": "red", "too close to tell": "yellow", "too noisy to tell": "yellow", "": ""}


def print_report(report: Report, console: Console) -> None:
    """Print every result."""
    for result in report.results:
        title = f"{result.title} · {result.catalogue}" if result.catalogue else result.title
        console.print(f"\n[bold]{title}[/bold]")
        if result.figures:
            console.print(_figures(result))
        if result.comparisons:
            console.print(_comparisons(result))
        if result.grid:
            console.print(_grid(result))
        style = "yellow" if result.noisy else "dim"
        console.print(noise_line(result), style=style)
        for note in result.notes:
            console.print(f"· {note}", style="dim", markup=False)


def noise_line(result: Result) -> str:
    """How far the machine can be believed."""
    line = f"A fixed piece of work between the blocks varied by {result.noise:.0%} (inter-quartile range ÷ median)"
    return f"{line}: NOISY, above {NOISY:.0%}" if result.noisy else line


def figure_cells(figure: Figure) -> tuple[str, ...]:
    """Name, p50, p95, p99 and number of samples."""
    percentiles = (figure.p50, figure.p95, figure.p99)
    return (figure.name, *(amount(value, figure.unit) for value in percentiles), str(figure.count))


def comparison_cells(comparison: Comparison, *, noisy: bool) -> tuple[str, ...]:
    """Name, value, interval, target and verdict."""
    bounds = f"{amount(comparison.low, comparison.unit)} – {amount(comparison.high, comparison.unit)}"
    sign = "≥" if comparison.at_least else "≤"
    target = "" if comparison.target is None else f"{sign} {amount(comparison.target, comparison.unit)}"
    return (
        comparison.name,
        amount(comparison.value, comparison.unit),
        bounds,
        target,
        comparison.verdict(noisy=noisy),
    )


def _figures(result: Result) -> Table:
    table = Table("", "p50", "p95", "p99", "n")
    for column in table.columns[1:]:
        column.justify = "right"
    for figure in result.figures:
        table.add_row(*figure_cells(figure))
    return table


def _grid(result: Result) -> Table:
    header, *rows = result.grid
    table = Table(*header)
    for column in table.columns[1:]:
        column.justify = "right"
    for row in rows:
        table.add_row(*row)
    return table


def _comparisons(result: Result) -> Table:
    table = Table("in each block", "median", "95 % interval", "target", "")
    for column in table.columns[1:4]:
        column.justify = "right"
    for comparison in result.comparisons:
        *cells, verdict = comparison_cells(comparison, noisy=result.noisy)
        table.add_row(*cells, f"[{_STYLES[verdict]}]{verdict}[/]" if verdict else "")
    return table
