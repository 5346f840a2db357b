"""A made-up lake of any size: the same seed gives the same rows. DuckDB makes them, since Python would take an hour.

An exposure is as long as one of the service: twenty titles, the metrics' directive. Each person is in the
experiment for two weeks, after two weeks before it.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

Format = Literal["parquet", "json"]

NAME, EPOCH = "spring", "20260515T000000Z-b0b0b0"
_START_MS, _DAY_MS, _DAYS = 1_777_593_600_000, 86_400_000, 28
_PAGE, _TITLES, _PAGES = 20, 100_000, 20_000
_SEARCHES_A_PERSON = 20

_FILES: dict[Format, str] = {"parquet": "part-0.parquet", "json": "part-0.json.gz"}
_OPTIONS: dict[Format, str] = {
    "parquet": "FORMAT parquet",
    "json": "FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER '\\0', COMPRESSION gzip",
}
_METRICS = ("Searches", "PersonalizationApplied", "ScoredCandidates", "CacheHits", "CacheMisses", "SearchTime")
_DIRECTIVE = ",".join(f'{{"Name":"{name}","Unit":"Count"}}' for name in _METRICS)


@dataclass(frozen=True)
class Size:
    """Rows of a lake."""

    exposures: int
    outcomes: int


def make_lake(folder: Path, size: Size, kind: Format, *, seed: int = 1) -> None:
    """Write exposures and outcomes, a file for each day and kind of record."""
    import duckdb  # noqa: PLC0415 - the function's own, and not in every environment

    with duckdb.connect() as connection:
        connection.execute("SET preserve_insertion_order = false")
        connection.execute(_PAGES_SQL, {"pages": _PAGES, "page": _PAGE, "titles": _TITLES})
        for day in range(_DAYS):
            start = _START_MS + day * _DAY_MS
            # COPY and views take no parameters, so numbers of ours are written into them.
            rows = _SEARCHES_SQL.format(
                begin=size.exposures * day // _DAYS,
                end=size.exposures * (day + 1) // _DAYS,
                seed=seed,
                people=max(2, size.exposures // _SEARCHES_A_PERSON),
                pages=_PAGES,
                start=start,
                span=_DAY_MS,
                inside=day >= _DAYS // 2,
            )
            connection.execute(f"CREATE OR REPLACE TEMP VIEW made AS {rows}")
            every = max(1, size.exposures // max(1, size.outcomes))
            told = _OUTCOMES_SQL.format(every=every, page=_PAGE)
            connection.execute(f"CREATE OR REPLACE TEMP VIEW made_outcomes AS {told}")
            for name, records in (("exposures", _EXPOSURES), ("outcomes", _OUTCOMES)):
                partition = folder / name / f"day={datetime.fromtimestamp(start / 1000, UTC):%Y-%m-%d}"
                partition.mkdir(parents=True, exist_ok=True)
                connection.execute(f"COPY ({records[kind]}) TO '{partition / _FILES[kind]}' ({_OPTIONS[kind]})")


_PAGES_SQL = """
CREATE TABLE pages AS
SELECT number, [('film-title-number-' || hash(number * 1000 + rank) % $titles) FOR rank IN range(1, $page + 1)] AS ids
FROM range($pages) AS made(number)
"""
_SEARCHES_SQL = """
SELECT i, h, person, page, ids, time,
       CASE WHEN hash(person * 7 + {seed}) % 2 = 0 THEN 'control' ELSE 'high_boost' END AS variant,
       {inside} AS inside,
       md5('search' || i || '/' || {seed}) AS search_id, md5('user' || person) AS "user"
FROM (SELECT i, hash(i * 2 + {seed}) AS h, hash(i * 3 + {seed}) % {people} AS person,
             (hash(i * 5 + {seed}) % {pages})::BIGINT AS page,
             {start} + ((hash(i * 7 + {seed}) % {span})::BIGINT) AS time
      FROM range({begin}, {end}) AS made(i)) JOIN pages ON number = page
"""
_OUTCOMES_SQL = """
SELECT *, ['click', 'play', 'complete', 'impression'][(1 + h % 4)::BIGINT] AS action,
       ids[(1 + (h >> 8) % {page})::BIGINT] AS content_id, (h >> 16) % 90 AS value, time + 60000 AS told
FROM made WHERE i % {every} = 0
"""

_EXPOSURES = {
    "parquet": """
SELECT 'discovery.exposure/1' AS schema, search_id, "user", CASE WHEN inside THEN 'spring' END AS experiment, variant,
       CASE WHEN inside THEN 'experiment' ELSE 'default' END AS assigned_by,
       CASE WHEN inside THEN '20260515T000000Z-b0b0b0' END AS epoch, 'applied' AS status, NULL::VARCHAR AS reason,
       page % 100 AS total_count, 'ab' AS mode,
       [{'id': id, 'rank': place} FOR id, place IN ids] AS shown, [10 + (h % 400) / 10.0::DOUBLE] AS "SearchTime",
       {'Timestamp': time} AS _aws
FROM made""",
    "json": """
SELECT '{"_aws":{"Timestamp":' || time || ',"CloudWatchMetrics":[{"Namespace":"Discovery/prod",'
    || '"Dimensions":[["service","variant"]],"Metrics":[DIRECTIVE]}]},"service":"search","variant":"' || variant
    || '","Searches":[1.0],"PersonalizationApplied":[1.0],"ScoredCandidates":[80.0],"CacheHits":[60.0],'
    || '"CacheMisses":[20.0],"SearchTime":[' || (10 + (h % 400) / 10.0)::DECIMAL(6, 1)
    || '],"schema":"discovery.exposure/1","search_id":"' || search_id || '","user":"' || "user"
    || '","status":"applied","reason":null,"assigned_by":"' || CASE WHEN inside THEN 'experiment' ELSE 'default' END
    || CASE WHEN inside THEN '","experiment":"spring","epoch":"20260515T000000Z-b0b0b0"'
            ELSE '","experiment":null,"epoch":null' END
    || ',"weight":0.4,"policy_version":"dab07f","policy_age_ms":1182,"candidates":80,"page":1,"page_size":20,'
    || '"total_count":' || page % 100 || ',"mode":"ab","shown":[{"id":"'
    || array_to_string(ids, '","rank":1},{"id":"') || '","rank":20}]}' AS line
FROM made""".replace("DIRECTIVE", _DIRECTIVE),
}
_OUTCOMES = {
    "parquet": """
SELECT 'discovery.outcome/1' AS schema, 'event-' || i AS event_id, "user", NULL::VARCHAR AS client, search_id,
       'joined' AS search, action, content_id, 1 AS position, value::DOUBLE AS value, told AS time,
       told + 5000 AS received,
       'tv' AS application
FROM made_outcomes""",
    "json": """
SELECT '{"schema":"discovery.outcome/1","event_id":"event-' || i || '","user":"' || "user" || '","client":null,'
    || '"search_id":"' || search_id || '","search":"joined","action":"' || action || '","content_id":"' || content_id
    || '","position":1,"value":' || value || ',"time":' || told || ',"received":' || told + 5000
    || ',"session_id":null,"application":"tv"}' AS line
FROM made_outcomes""",
}
