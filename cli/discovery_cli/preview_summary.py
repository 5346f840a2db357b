"""What many previews amount to: by weight, and by query. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from statistics import fmean, median
from typing import NamedTuple

from discovery.statistics.percentiles import percentile
from discovery_cli.preview_calls import Answered, Column


class ByWeight(NamedTuple):
    """What a weight does over all searches."""

    weight: float
    variant: str | None
    searches: int
    churn_mean: float
    churn_median: float
    churn_p90: float
    overlap_mean: float
    """Rank-biased overlap with weight 0."""
    first_changed: float
    """Share of the searches whose first result is another one."""


class ByQuery(NamedTuple):
    """What the heaviest weight does to a query, as the mean over its users."""

    query: str
    weight: float
    churn: float
    overlap: float


def summarize(answered: Iterable[Answered]) -> list[ByWeight]:
    """A row for each weight, the lightest first. Searches that found nothing count for none."""
    columns: dict[tuple[float, str], list[Column]] = defaultdict(list)
    for column in _columns(answered):
        columns[column.weight, column.variant or ""].append(column)
    return [_row(columns[key]) for key in sorted(columns)]


def moving_most(answered: Iterable[Answered]) -> list[ByQuery]:
    """A row for each query, that which changes most first."""
    heaviest: dict[str, list[Column]] = defaultdict(list)
    for one in answered:
        if columns := [column for column in _columns([one]) if column.results]:
            heaviest[one.query].append(max(columns, key=lambda column: column.weight))
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


def _columns(answered: Iterable[Answered]) -> Iterable[Column]:
    previews = (one.preview for one in answered if one.preview)
    return (column for preview in previews for column in preview.columns if column.results)


def _row(columns: Sequence[Column]) -> ByWeight:
    churn = [column.churn_at_10 for column in columns]
    return ByWeight(
        weight=columns[0].weight,
        variant=columns[0].variant,
        searches=len(columns),
        churn_mean=fmean(churn),
        churn_median=median(churn),
        churn_p90=percentile(churn, 0.9),
        overlap_mean=fmean(column.rank_biased_overlap for column in columns),
        first_changed=fmean(column.results[0].control_rank != 1 for column in columns),
    )
