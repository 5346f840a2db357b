"""Reading a lake: what the people of an experiment were shown and what they did, a row a person.

DuckDB does it, in a database file of its own, so that memory is bounded however many rows there are (docs/adr/0039).
Time is that of the events, never that of their arrival.
"""

import re
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from discovery.artefacts.store import s3_client
from discovery.errors import LakeUnavailable
from discovery.experiments.analysis import lake_sql as sql
from discovery.experiments.analysis.credits import Credits
from discovery.experiments.analysis.lake_columns import EXPOSURES, KINDS, OUTCOMES, json_source, parquet_source
from discovery.experiments.analysis.lake_files import LakeFiles, Progress, files_of, local_lake
from discovery.experiments.analysis.people import SUMS, People
from discovery.location import S3Prefix

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

BEFORE_DAYS = 14
"""How long a period before the epoch says what people were like."""
SLOW_MS = 500
"""A search that takes longer is slow; as the template's LatencyAlarmMs."""
MEMORY_MB = 2000
_DAY_MS = 86_400_000
_WITHIN_MS = _DAY_MS
"""How long after a search what somebody does with a title that it showed is counted to it."""
_SKEW_MS = 300_000
"""A client's clock may be that much behind; as much as the events function lets it be ahead."""
_EPOCH = re.compile(r"(\d{8}T\d{6}Z)-\w+")


@dataclass(frozen=True)
class Damage:
    """What could not be read."""

    lines: int
    """Lines that are no JSON or lack a field, of both kinds."""
    files: tuple[str, ...]
    """Files that end in the middle or are not what their name says: none of their lines is used."""


@dataclass(frozen=True)
class Epoch:
    """A period of an experiment; times are in Unix milliseconds."""

    name: str
    first: int
    """The first search."""
    last: int
    """The last search."""
    searches: int
    people: int
    variants: tuple[str, ...]
    """Those that somebody got, by name."""

    @property
    def days(self) -> float:
        """From the first search to the last."""
        return (self.last - self.first) / _DAY_MS


@dataclass(frozen=True, eq=False)
class Period:
    """The people of an epoch, and those left out."""

    epoch: Epoch
    people: People
    mixed: int
    """People who were seen in two variants: left out."""


@dataclass(frozen=True, eq=False)
class Traffic:
    """Everybody who searched in the last days of a lake, whatever decided the order."""

    people: People
    days: float
    """From the first of these searches to the last."""


class Lake:
    """An experiment's part of a lake, read."""

    def __init__(self, connection: "DuckDBPyConnection", damage: Damage, searches: int, outcomes: int) -> None:
        self._connection = connection
        self.damage = damage
        self.searches = searches
        """In the lake, whosoever."""
        self.outcomes = outcomes
        """Those of signed-in people with a search, each once."""

    def epochs(self) -> tuple[Epoch, ...]:
        """The experiment's epochs, the first one first."""
        rows = self._connection.execute(sql.EPOCHS).fetchall()
        return tuple(
            Epoch(name, first, last, searches, people, tuple(variants))
            for name, first, last, searches, people, variants in rows
        )

    def period(
        self, epoch: Epoch, variants: Sequence[str] = (), *, before_days: float = BEFORE_DAYS, slow_ms: float = SLOW_MS
    ) -> Period:
        """What the people of an epoch did in it and before it; `variants` are those that somebody could have got."""
        names = tuple(sorted({*variants, *epoch.variants}))
        self._connection.execute(sql.PART, {"epoch": epoch.name})
        given = {"variants": list(names), "slow_ms": slow_ms}
        inside = self._sums(sql.IN_THE_EPOCH, {**given, "epoch": epoch.name})
        before = self._sums(sql.BEFORE_IT, {**given, "begin": epoch.first, "before": round(before_days * _DAY_MS)})
        variant = inside.pop("variant").astype(np.int32)
        del before["variant"]
        (mixed,) = self._connection.execute("SELECT count(*) FROM part WHERE mixed").fetchall()[0]
        return Period(epoch, People(names, variant, inside, before), mixed)

    def credits(self, epoch: Epoch, variants: Sequence[str], action: str = "click") -> Credits:
        """The credit of variants for what people clicked, or played: a row for each person who did."""
        given = {"epoch": epoch.name, "variants": list(variants), "action": action}
        found = self._connection.execute(sql.CREDITS, given).fetchnumpy()
        people = int(found["person"].max()) + 1 if len(found["person"]) else 0
        credit = np.zeros((people, len(variants)))
        credit[found["person"].astype(np.intp), found["variant"].astype(np.intp)] = found["credit"]
        return Credits(tuple(variants), credit)

    def traffic(self, days: float, *, before_days: float = BEFORE_DAYS, slow_ms: float = SLOW_MS) -> Traffic:
        """The lake's last days, for a plan; those that it has where it has fewer."""
        first, last = self._connection.execute(sql.SPAN).fetchall()[0]
        if first is None:
            return Traffic(People(("all",), np.zeros(0, np.int32), {}, {}), 0.0)
        begin = max(first, last - round(days * _DAY_MS))
        self._connection.execute(sql.EVERYBODY, {"begin": begin})
        given = {"variants": ["all"], "slow_ms": slow_ms, "begin": begin}
        inside = self._sums(sql.OF_EVERYBODY, given)
        before = self._sums(sql.BEFORE_IT, {**given, "before": round(before_days * _DAY_MS)})
        variant = inside.pop("variant").astype(np.int32)
        del before["variant"]
        return Traffic(People(("all",), variant, inside, before), (last - begin) / _DAY_MS)

    def _sums(self, looked_at: str, given: Mapping[str, Any]) -> dict[str, Any]:
        columns = ", ".join(f"coalesce({name}, 0)::DOUBLE AS {name}" for name in SUMS)
        found = self._connection.execute(sql.SUMS.format(looked_at=looked_at, columns=columns), dict(given))
        return dict(found.fetchnumpy())


@contextmanager
def open_lake(
    lake: Path | S3Prefix,
    name: str,
    *,
    since: date | None = None,
    memory_mb: int = MEMORY_MB,
    client: Callable[[], Any] = s3_client,
    progress: Progress = lambda _, __: None,
) -> Iterator[Lake]:
    """Read the part of a lake that an experiment's analysis needs; `since` leaves out the days before.

    Raises:
        LakeUnavailable: there is no such folder or bucket, it can't be read, or the disk is full.
    """
    import duckdb  # noqa: PLC0415 - the function's own, and not in the layer

    with (
        local_lake(lake, KINDS, since, client=client, progress=progress) as folder,
        tempfile.TemporaryDirectory(prefix="analysis-") as scratch,
    ):
        try:
            with duckdb.connect(str(Path(scratch) / "lake.duckdb")) as connection:
                connection.execute(f"SET memory_limit = '{memory_mb}MB'")
                connection.execute("SET preserve_insertion_order = false")
                yield _read(connection, folder, name, since)
        except duckdb.Error as error:
            raise LakeUnavailable(f"{lake}: {error}") from error


def since_of(epoch: str, before_days: float = BEFORE_DAYS) -> date | None:
    """The day from which a lake is needed for an epoch, by its name; None where that has no time."""
    found = _EPOCH.fullmatch(epoch)
    if found is None:
        return None
    began = datetime.strptime(found[1], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    return (began - timedelta(days=before_days)).date()


def _read(connection: "DuckDBPyConnection", folder: Path, name: str, since: date | None) -> Lake:
    connection.execute(sql.TABLES)
    outcomes, bad_outcomes = _loaded(connection, files_of(folder, OUTCOMES, since), OUTCOMES, sql.INSERT_OUTCOMES, {})
    damaged_outcomes = _count(connection.execute(sql.DAMAGED_OUTCOMES))
    repeated_outcomes = _count(connection.execute(sql.DEDUPLICATE_OUTCOMES))
    connection.execute(sql.CONCERNED)
    searches, bad = _loaded(
        connection, files_of(folder, EXPOSURES, since), EXPOSURES, sql.INSERT_SEARCHES, {"name": name}
    )
    damaged_searches, repeated = _count(connection.execute(sql.DAMAGED_SEARCHES)), 0
    if connection.execute(sql.IS_REPEATED).fetchall()[0][0]:
        repeated = _count(connection.execute(sql.DEDUPLICATE_SEARCHES))
    connection.execute(sql.JOINED, {"skew": _SKEW_MS, "within": _WITHIN_MS})
    lines = damaged_outcomes + damaged_searches
    searches, outcomes = searches - damaged_searches - repeated, outcomes - damaged_outcomes - repeated_outcomes
    damaged = tuple(str(Path(file).relative_to(folder)) for file in (*bad_outcomes, *bad))
    return Lake(connection, Damage(lines, damaged), searches, outcomes)


def _loaded(
    connection: "DuckDBPyConnection", files: LakeFiles, kind: str, insert: str, given: Mapping[str, Any]
) -> tuple[int, tuple[str, ...]]:
    """Insert the rows of files; returns their number, and the files that could not be read."""
    import duckdb  # noqa: PLC0415

    try:
        return _insert(connection, files, kind, insert, given), ()
    except duckdb.OutOfMemoryException:
        raise
    except duckdb.Error:  # one file can fail all, so each is looked at
        damaged = tuple(file for file in (*files.json, *files.parquet) if not _is_readable(connection, file, kind))
        if not damaged:  # one was replaced while it was read (`discovery lake erase`), or it is something else
            return _insert(connection, files, kind, insert, given), ()
        rest = files.without(frozenset(damaged))
        return _insert(connection, rest, kind, insert, given), damaged


def _insert(
    connection: "DuckDBPyConnection", files: LakeFiles, kind: str, insert: str, given: Mapping[str, Any]
) -> int:
    """In one transaction, so that none of the rows stay where some can't be read."""
    rows = 0
    connection.begin()
    try:
        for some, source in _sources(connection, files, kind):
            rows += _count(connection.execute(insert.format(source=source), {**given, "files": list(some)}))
    except BaseException:
        connection.rollback()
        raise
    connection.commit()
    return rows


def _sources(connection: "DuckDBPyConnection", files: LakeFiles, kind: str) -> Iterator[tuple[Sequence[str], str]]:
    if files.json:
        yield files.json, json_source(kind)
    if files.parquet:
        described = connection.execute(sql.DESCRIBE_PARQUET, {"files": list(files.parquet)})
        yield files.parquet, parquet_source(kind, {row[0].lower(): row[1] for row in described.fetchall()})


def _is_readable(connection: "DuckDBPyConnection", file: str, kind: str) -> bool:
    import duckdb  # noqa: PLC0415

    alone = LakeFiles((), (file,)) if file.endswith(".parquet") else LakeFiles((file,), ())
    try:
        for some, source in _sources(connection, alone, kind):
            connection.execute(sql.READABLE.format(source=source), {"files": list(some)})
    except duckdb.Error:
        return False
    return True


def _count(result: "DuckDBPyConnection") -> int:
    """The rows that a statement inserted or deleted."""
    return int(result.fetchall()[0][0])
