"""Evidence that finds nothing by itself, and tells apart what was found; only kinds that the query asks for."""

import numpy as np
from numpy.typing import NDArray

from discovery.opensearch import mapping as fields
from discovery.opensearch.documents import run_of
from discovery.retrieval.opensearch.asking import Form
from discovery.retrieval.opensearch.pool import Pool
from discovery.retrieval.titles import without_year
from discovery.retrieval.understanding.query import ParsedQuery

_GENRES = "is.genres"


def form_of(query: ParsedQuery, passing: list[dict[str, object]]) -> Form:
    """What all searches of a query have in common: what must pass, and the fields that this evidence is read from."""
    _, year = without_year(query.query)
    asked = {fields.YEAR: year is not None, _GENRES: bool(query.genres_named), fields.ORIGIN_RUNS: bool(query.origins)}
    return Form(passing, [field for field, is_asked in asked.items() if is_asked])


def evidence(query: ParsedQuery, pool: Pool, rows: NDArray[np.intp]) -> dict[str, NDArray[np.float64]]:
    """The evidence of some rows of a pool, `[len(rows)]` of each kind."""
    found = {}
    if query.genres_named:
        found["genre"] = _share({name.casefold() for name in query.genres_named}, pool, _GENRES, rows)
    if query.origins:
        found["origin"] = _share(set(map(run_of, query.origins)), pool, fields.ORIGIN_RUNS, rows)
    _, year = without_year(query.query)
    if year is not None:
        found["year"] = (pool.numbers(fields.YEAR, rows, unknown=-1) == year).astype(np.float64)
    return found | {"popularity": pool.popularity[rows]}


def _share(wanted: set[str], pool: Pool, field: str, rows: NDArray[np.intp]) -> NDArray[np.float64]:
    """The share of names that each row has."""
    return np.array([len(wanted & had) for had in pool.names(field, rows)], dtype=np.float64) / len(wanted)
