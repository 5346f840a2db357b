"""The columns that an analysis reads of the lake, whether a file is JSON Lines or Parquet."""

from collections.abc import Mapping
from types import MappingProxyType

from discovery.experiments.analysis.lake_sql import PARQUET

EXPOSURES, OUTCOMES = "exposures", "outcomes"
KINDS = (EXPOSURES, OUTCOMES)

COLUMNS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        EXPOSURES: {
            "schema": "VARCHAR",
            "search_id": "VARCHAR",
            "user": "VARCHAR",
            "experiment": "VARCHAR",
            "variant": "VARCHAR",
            "assigned_by": "VARCHAR",
            "epoch": "VARCHAR",
            "status": "VARCHAR",
            "reason": "VARCHAR",
            "total_count": "BIGINT",
            "layers": "STRUCT(layer VARCHAR, experiment VARCHAR, variant VARCHAR, epoch VARCHAR)[]",
            "shown": "STRUCT(id VARCHAR, team VARCHAR, shares MAP(VARCHAR, DOUBLE))[]",
            "SearchTime": "DOUBLE[]",
            "_aws": 'STRUCT("Timestamp" BIGINT)',
        },
        OUTCOMES: {
            "schema": "VARCHAR",
            "event_id": "VARCHAR",
            "user": "VARCHAR",
            "search_id": "VARCHAR",
            "action": "VARCHAR",
            "content_id": "VARCHAR",
            "value": "DOUBLE",
            "time": "BIGINT",
            "received": "BIGINT",
        },
    }
)
"""Kind → column → DuckDB's type. A field that a record lacks is null; others are not read."""


def json_source(kind: str) -> str:
    """A relation of the columns of JSON Lines files, `$files`; a line that is no JSON is a row of nulls."""
    columns = ", ".join(f"'{name}': '{declared}'" for name, declared in COLUMNS[kind].items())
    return f"read_json($files, format = 'newline_delimited', ignore_errors = true, columns = {{{columns}}})"


def parquet_source(kind: str, present: Mapping[str, str]) -> str:
    """The same of Parquet files, of which some columns are `present`: name in lower case → type."""
    return PARQUET.format(columns=", ".join(_columns(kind, present)))


def _columns(kind: str, present: Mapping[str, str]) -> list[str]:
    made = []
    for name, declared in COLUMNS[kind].items():
        there = present.get(name.lower())
        if there is None:
            read = "NULL"
        elif declared.endswith("[]") and not there.endswith("[]"):  # a metric that was written as a plain number
            read = f'["{name}"]'
        else:
            read = f'"{name}"'
        made.append(f'CAST({read} AS {declared}) AS "{name}"')
    return made
