"""Facets: how many of what was found have each genre, platform, decade, rating and so on, counted by the engine."""

import functools
from collections.abc import Mapping, Sequence
from typing import Any

from discovery.api.facet_responses import Facets
from discovery.catalogue.title_key import name_key
from discovery.opensearch import mapping as fields
from discovery.opensearch.engine import Body

_MOST_VALUES = {"directors": 20, "keywords": 20}
"""Of the facets that may have thousands."""
_ALL = 1000
_DECADE = 10
_LAST_POINT = 9
"""Ten belongs to the last whole point."""
_NONE: Mapping[str, Any] = {"buckets": ()}
_ORDER = [{"_count": "desc"}, {"_key": "asc"}]


def search(matching: Body) -> Body:
    """A search that counts all that matches."""
    named = {
        name: {"terms": {"field": f"shown.{name}", "size": _MOST_VALUES.get(name, _ALL), "order": _ORDER}}
        for name in fields.NAMED
    }
    return {
        "query": {"bool": {"filter": [matching]}},
        "size": 0,
        "track_total_hits": False,
        "aggs": {
            **named,
            "years": {"histogram": {"field": fields.YEAR, "interval": _DECADE, "min_doc_count": 1}},
            "ratings": {"histogram": {"field": fields.RATING, "interval": 1, "min_doc_count": 1}},
        },
    }


def read(aggregations: Mapping[str, Any]) -> Facets:
    """The facets of a search's aggregations."""
    points: dict[int, int] = {}
    for key, count in _buckets(aggregations, "ratings"):
        point = min(int(key), _LAST_POINT)
        points[point] = points.get(point, 0) + count
    return Facets.model_validate(
        {
            **{name: _counts(_by_count(_buckets(aggregations, name))) for name in fields.NAMED},
            "years": _counts((f"{int(key)}s", count) for key, count in _buckets(aggregations, "years")),
            "ratings": _counts((f"{point}-{point + 1}", count) for point, count in sorted(points.items())),
        }
    )


def _buckets(aggregations: Mapping[str, Any], name: str) -> list[tuple[Any, int]]:
    return [(bucket["key"], bucket["doc_count"]) for bucket in aggregations.get(name, _NONE)["buckets"]]


def _by_count(buckets: Sequence[tuple[str, int]]) -> list[tuple[str, int]]:
    """The most frequent first, and equals in the order of how names are compared."""
    return sorted(buckets, key=lambda bucket: (-bucket[1], _compared(bucket[0])))


@functools.lru_cache(maxsize=4096)  # the same few of every search
def _compared(name: str) -> str:
    return name_key(name)


def _counts(counted: Any) -> list[dict[str, object]]:
    return [{"value": value, "count": count} for value, count in counted]
