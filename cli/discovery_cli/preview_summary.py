"""Many previews summed up: by weight, and by query. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from statistics import fmean, median
from typing import NamedTuple

from discovery.api.preview_responses import PreviewColumn
from discovery.statistics.percentiles import percentile
from discovery_cli.preview_calls import Answered


class ByWeight(NamedTuple):
    """The effect of a weight on all searches."""

    weight: float
    variant: str | None
    searches: int
    churn_mean: float
    churn_median: float
    churn_p90: float
    overlap_mean: float
    """Rank-biased overlap with weight 0."""
    first_changed: float
    """Share of the searches whose first result differs from that of weight 0."""


class ByQuery(NamedTuple):
    """The effect of the highest weight on a query, as the mean over its users."""

    query: str
    weight: float
    churn: float
    overlap: float


def columns_by_weight(answered: Iterable[Answered]) -> dict[float, list[PreviewColumn]]:
    """The columns of all previews that found something, lowest weight first."""
    columns: dict[float, list[PreviewColumn]] = defaultdict(list)
    for one in answered:
        for column in _columns(one):
            columns[column.weight].append(column)
    return dict(sorted(columns.items()))


def summarize(answered: Iterable[Answered]) -> list[ByWeight]:
    """A row for each weight, lowest first."""
    return [_row(weight, columns) for weight, columns in columns_by_weight(answered).items()]


def most_changed(answered: Iterable[Answered]) -> list[ByQuery]:
    """A row for each query, the most changed first."""
    heaviest: dict[str, list[PreviewColumn]] = defaultdict(list)
    for one in answered:
        if column := max(_columns(one), key=lambda column: column.weight, default=None):
            heaviest[one.query].append(column)
    rows = [
        ByQuery(
            query,
            max(column.weight for column in columns),
            fmean(column.churn_at_10 for column in columns),
            fmean(column.rank_biased_overlap for column in columns),
        )
        for query, columns in heaviest.items()
    ]
    return sorted(rows, key=lambda row: (-row.churn, row.overlap, row.query))


def _columns(one: Answered) -> Iterator[PreviewColumn]:
    return (column for column in one.preview.columns if column.results) if one.preview else iter(())


def _row(weight: float, columns: Sequence[PreviewColumn]) -> ByWeight:
    churn = [column.churn_at_10 for column in columns]
    return ByWeight(
        weight=weight,
        variant=columns[0].variant,
        searches=len(columns),
        churn_mean=fmean(churn),
        churn_median=median(churn),
        churn_p90=percentile(churn, 0.9),
        overlap_mean=fmean(column.rank_biased_overlap for column in columns),
        first_changed=fmean(column.results[0].control_rank != 1 for column in columns),
    )
