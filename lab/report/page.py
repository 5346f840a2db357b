"""docs/benchmarks.md: the results of each benchmark between two markers; the prose around them is by hand and stays."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from lab.benchmarks.plots import PLOTS
from lab.report.result import Report, Result
from lab.report.table import comparison_cells, figure_cells, noise_line


def write_page(reports: Mapping[str, Report], page: Path, *, template: Path) -> None:
    """Write the page: the template with these benchmarks' results in their places; what else it holds stays."""
    text = template.read_text()
    for name, report in reports.items():
        text = renewed(text, name, "\n\n".join(_parts(name, report)))
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(text)


def renewed(page: str, name: str, generated: str) -> str:
    """The page with what is between the markers of a benchmark replaced.

    Raises:
        ValueError: it has not each marker once, in order.
    """
    begin, end = f"<!-- results of {name}: written by `make bench` -->", f"<!-- end of {name} -->"
    before, found, rest = page.partition(begin)
    _, closed, after = rest.partition(end)
    if not found or not closed or begin in rest or end in before + after:
        raise ValueError(f"the page needs {begin} and then {end}, each once")
    return f"{before}{begin}\n\n{generated}\n\n{end}{after}"


def _parts(name: str, report: Report) -> list[str]:
    parts = [f"## {report.results[0].title}", _circumstances(report)]
    for result in report.results:
        if result.catalogue:
            parts.append(f"**{result.catalogue}**")
        parts += _tables(result)
        if result.figures:
            line = f"{noise_line(result)}."
            parts.append(f"**{line}**" if result.noisy else line)
    notes = dict.fromkeys(note for result in report.results for note in result.notes)
    parts.append("\n".join(f"- {note}" for note in notes))
    parts += [f"![{plot.caption}](plots/{plot.file})" for plot in PLOTS if plot.benchmark == name]
    return parts


def _circumstances(report: Report) -> str:
    quick = " A quick run: too few samples to rely on." if report.quick else ""
    return f"{report.taken_at}, {report.machine}.{quick}"


def _tables(result: Result) -> list[str]:
    tables = []
    if result.figures:
        rows = [figure_cells(figure) for figure in result.figures]
        tables.append(_table(("", "p50", "p95", "p99", "n"), rows))
    if result.comparisons:
        rows = [comparison_cells(comparison, noisy=result.noisy) for comparison in result.comparisons]
        tables.append(_table(("in each block", "median", "95 % interval", "target", ""), rows))
    if result.grid:
        header, *body = result.grid
        tables.append(_table(header, body))
    return tables


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    rule = ["---", *("---:" for _ in header[1:])]
    return "\n".join(f"| {' | '.join(row)} |" for row in (header, rule, *rows))
