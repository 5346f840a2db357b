"""A report as tables, for the terminal and for a page alike."""

from rich.console import Console

from lab.report.result import NOISY, Comparison, Figure, Report, Result, amount
from lab.report.table import Table


def print_report(report: Report, console: Console) -> None:
    """Print every result."""
    for result in report.results:
        title = f"{result.title} · {result.catalogue}" if result.catalogue else result.title
        console.print(f"\n{title}", style="bold", markup=False)
        for table in tables(result):
            console.print(table.printed())
        console.print(noise_line(result), style="yellow" if result.noisy else "dim")
        for note in result.notes:
            console.print(f"· {note}", style="dim", markup=False)


def markdown(report: Report) -> str:
    """All results of a report, under one heading."""
    parts = [f"## {report.results[0].title}", report.circumstances]
    for result in report.results:
        if result.catalogue:
            parts.append(f"**{result.catalogue}**")
        parts += [table.markdown() for table in tables(result)]
        if result.figures:
            line = f"{noise_line(result)}."
            parts.append(f"**{line}**" if result.noisy else line)
    notes = dict.fromkeys(note for result in report.results for note in result.notes)
    parts.append("\n".join(f"- {note}" for note in notes))
    return "\n\n".join(parts)


def tables(result: Result) -> list[Table]:
    """The figures, the comparisons and the further table, as far as there are any."""
    found = []
    if result.figures:
        found.append(Table(("", "p50", "p95", "p99", "n"), [_figure(figure) for figure in result.figures]))
    if result.comparisons:
        rows = [_comparison(comparison, noisy=result.noisy) for comparison in result.comparisons]
        found.append(Table(("in each block", "median", "95 % interval", "target", ""), rows, words=(0, 4)))
    if result.grid:
        header, *body = result.grid
        found.append(Table(header, body))
    return found


def noise_line(result: Result) -> str:
    """How far the machine can be believed."""
    line = f"A fixed piece of work between the blocks varied by {result.noise:.0%} (inter-quartile range ÷ median)"
    return f"{line}: NOISY, above {NOISY:.0%}" if result.noisy else line


def _figure(figure: Figure) -> tuple[str, ...]:
    percentiles = (figure.p50, figure.p95, figure.p99)
    return (figure.name, *(amount(value, figure.unit) for value in percentiles), str(figure.count))


def _comparison(comparison: Comparison, *, noisy: bool) -> tuple[str, ...]:
    unit = comparison.unit
    target = (
        "" if comparison.target is None else f"{'≥' if comparison.at_least else '≤'} {amount(comparison.target, unit)}"
    )
    return (
        comparison.name,
        amount(comparison.value, unit),
        f"{amount(comparison.low, unit)} – {amount(comparison.high, unit)}",
        target,
        comparison.verdict(noisy=noisy),
    )
