"""Sorting what was found by an attribute, where a person asks for that order."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from discovery.api.requests import Sort
from discovery.opensearch import mapping as fields
from discovery.opensearch.engine import Answer, Body
from discovery.retrieval.opensearch.asking import Form
from discovery.retrieval.opensearch.browsing import MOST_TOLD, browsed
from discovery.retrieval.opensearch.found import EngineFound
from discovery.retrieval.opensearch.hits import Hits

_FIELDS = {
    Sort.POPULARITY: fields.POPULARITY,
    Sort.RATING: fields.RATING,
    Sort.YEAR: fields.YEAR,
    Sort.TITLE: fields.TITLE_ORDER,
}


def search(found: EngineFound, by: Sort, *, descending: bool) -> Body:
    """A search for the values of what was found; where there are more than were told of, for the first of them all."""
    field = _FIELDS[by]
    if not found.more:
        return Form(attributes=[field]).search({"bool": {"filter": [found.query_of_all]}}, max(1, len(found)))
    order = {"order": "desc" if descending else "asc", "missing": "_last"}
    equals = [{fields.POPULARITY: "desc"}, {fields.ID: "asc"}]
    return Form().search(found.query_of_all, MOST_TOLD, sort=[{field: order}, *equals], track_total_hits=True)


def in_order(found: EngineFound, search: Body, answer: Answer, by: Sort, *, descending: bool) -> EngineFound:
    """What was found, in the order that was asked for. Unknown values are last; equals stay as they are."""
    if found.more:
        return browsed(found.query, search, answer, [found.query_of_all])
    hits = Hits.of(search, answer)
    known = {one: of.get(_FIELDS[by], [None])[0] for one, of in zip(hits.ids, hits.fields, strict=True)}
    values = _places([known.get(one) for one in found.content_ids])
    keys = np.where(np.isnan(values), np.inf, -values if descending else values)
    return found.in_order(np.argsort(keys, kind="stable"))


def _places(values: list[Any]) -> NDArray[np.float64]:
    """Each value's place among the distinct ones in their order, NaN where there is none."""
    place = {value: place for place, value in enumerate(sorted({value for value in values if value is not None}))}
    return np.array([place.get(value, np.nan) for value in values])
