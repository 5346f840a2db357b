"""Constraints as queries."""

from collections.abc import Sequence

from discovery.opensearch import mapping as fields
from discovery.opensearch.engine import Body
from discovery.retrieval.filters import Constraints


def passing(wanted: Constraints[str]) -> list[Body]:
    """What every candidate must match; an unknown value is within no bounds."""
    named = [
        {"terms": {f"is.{attribute}": sorted(names)}} for attribute, groups in wanted.named.items() for names in groups
    ]
    level = wanted.max_content_level
    ranges = {fields.YEAR: wanted.years, fields.RATING: wanted.ratings, fields.CONTENT_LEVEL: (None, level)}
    return named + [_within(field, *bounds) for field, bounds in ranges.items() if bounds != (None, None)]


def all_of(queries: Sequence[Body]) -> Body:
    """What matches all of some queries, without a score; everything where there are none."""
    return {"bool": {"filter": [*queries]}} if queries else {"match_all": {}}


def _within(field: str, low: float | None, high: float | None) -> Body:
    bounds = {"gte": low, "lte": high}
    return {"range": {field: {name: bound for name, bound in bounds.items() if bound is not None}}}
