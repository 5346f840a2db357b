"""Small lakes: records as the service writes them, in partitions of JSON Lines or Parquet."""

import gzip
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from hashlib import md5
from pathlib import Path
from typing import Any

NAME, EPOCH = "spring", "20260515T000000Z-b0b0b0"
BEGIN = 1_778_803_200_000  # of the epoch
SECOND, HOUR, DAY = 1000, 3_600_000, 86_400_000
TITLES = ("alien", "heat", "jaws")


def key(name: str) -> str:
    """A keyed hash of somebody, or the id of a search."""
    return md5(name.encode(), usedforsecurity=False).hexdigest()


def exposure(person: str, search: str, at: int = BEGIN, **changed: Any) -> dict[str, Any]:
    """A search of a person at a time (Unix ms), in control unless `variant` says otherwise."""
    return {
        "_aws": {"Timestamp": at, "CloudWatchMetrics": [{"Namespace": "Discovery", "Dimensions": [["variant"]]}]},
        "schema": "discovery.exposure/1",
        "search_id": key(search),
        "user": key(person),
        "experiment": NAME,
        "variant": "control",
        "assigned_by": "experiment",
        "epoch": EPOCH,
        "status": "applied",
        "reason": None,
        "total_count": 3,
        "mode": "ab",
        "SearchTime": [12.5],
        "shown": [{"id": title, "rank": rank} for rank, title in enumerate(TITLES, start=1)],
    } | changed


def outside(person: str, search: str, at: int, **changed: Any) -> dict[str, Any]:
    """A search that no experiment decided."""
    none = {"experiment": None, "variant": "(default)", "assigned_by": "default", "epoch": None}
    return exposure(person, search, at, **none | changed)


def outcome(
    person: str, search: str, action: str = "click", at: int = BEGIN + SECOND, **changed: Any
) -> dict[str, Any]:
    """What somebody did with the first title of a search."""
    made = {
        "schema": "discovery.outcome/1",
        "user": key(person),
        "client": None,
        "search_id": key(search),
        "search": "joined",
        "action": action,
        "content_id": TITLES[0],
        "position": 1,
        "value": None,
        "time": at,
        "received": at + SECOND,
        "session_id": None,
        "application": "tv",
    } | changed
    return {"event_id": key(f"{person} {search} {action} {at} {made['content_id']}")} | made


def write_json(lake: Path, kind: str, records: Iterable[Mapping[str, Any] | str], name: str = "part.json") -> Path:
    """Write a file of a kind into the partition of the epoch's first day; a text is a line as it is."""
    folder = lake / kind / f"day={datetime.fromtimestamp(BEGIN / 1000, UTC):%Y-%m-%d}"
    folder.mkdir(parents=True, exist_ok=True)
    lines = "".join(f"{one if isinstance(one, str) else json.dumps(one)}\n" for one in records).encode()
    file = folder / name
    file.write_bytes(gzip.compress(lines) if name.endswith(".gz") else lines)
    return file


def write_parquet(lake: Path, kind: str, records: Iterable[Mapping[str, Any]], name: str = "part.parquet") -> Path:
    """The same as Parquet, with the types that the records have."""
    import duckdb  # noqa: PLC0415 - the one test that needs it

    lines = write_json(lake, kind, records, f"{name}.lines")
    file = lines.with_name(name)
    with duckdb.connect() as connection:
        connection.execute(
            f"COPY (FROM read_json('{lines}', format = 'newline_delimited')) TO '{file}' (FORMAT parquet)"
        )
    lines.unlink()
    return file
