"""Previews as tables."""

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from discovery.api.preview_responses import PreviewColumn, PreviewResponse, PreviewResult
from discovery_cli.preview_summary import ByQuery, ByWeight
from discovery_cli.tables import NONE, table


def summary(rows: Sequence[ByWeight]) -> Table:
    """What each weight changes."""
    columns = ["weight", "variant", "churn@10 mean", "median", "p90", "overlap (RBO)", "other first result", "searches"]
    return table(
        columns,
        [
            (
                f"{row.weight:g}",
                row.variant or NONE,
                f"{row.churn_mean:.1%}",
                f"{row.churn_median:.1%}",
                f"{row.churn_p90:.1%}",
                f"{row.overlap_mean:.3f}",
                f"{row.first_changed:.1%}",
                row.searches,
            )
            for row in rows
        ],
        right=[0, *range(2, len(columns))],
    )


def changed(rows: Sequence[ByQuery]) -> Table:
    """The queries that change most."""
    return table(
        ["most changed query", "weight", "churn@10", "overlap (RBO)"],
        [(row.query, f"{row.weight:g}", f"{row.churn:.1%}", f"{row.overlap:.3f}") for row in rows],
        right=[1, 2, 3],
    )


def side_by_side(query: str, preview: PreviewResponse) -> Table:
    """The titles under each weight, and how far each has moved against weight 0."""
    columns = preview.columns
    ranks = range(max((len(column.results) for column in columns), default=0))
    made = table(
        ["rank", *map(_heading, columns)],
        [(rank + 1, *(_cell(column.results, rank) for column in columns)) for rank in ranks],
        right=[0],
    )
    made.title = Text(f"{query} · {preview.total_count} results · policy {preview.policy_version}")
    return made


def _heading(column: PreviewColumn) -> str:
    name = f"{column.weight:g} {column.variant}" if column.variant else f"{column.weight:g}"
    return f"{name}\nchurn {column.churn_at_10:.0%}, RBO {column.rank_biased_overlap:.2f}"


def _cell(results: Sequence[PreviewResult], rank: int) -> Text:
    if rank >= len(results):
        return Text()
    result = results[rank]
    year = f" ({result.release_year})" if result.release_year is not None else ""
    cell = Text(f"{result.title}{year}")
    if result.moved:
        sign, style = ("▲", "green") if result.moved > 0 else ("▼", "red")
        cell.append(f" {sign}{abs(result.moved)}", style)
    return cell
