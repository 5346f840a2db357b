"""Reading an event log: JSON Lines or Parquet, local or on S3, in bulk; a person's events become a history.

polars reads, on all cores, and on S3 by itself, with the credentials, region and endpoint of the environment. No event
is a Python object: eighteen bytes are kept of each.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self

import numpy as np
import polars as pl
from numpy.typing import NDArray
from polars.exceptions import ComputeError, PolarsError

from sona.errors import EventsInvalid
from sona.history import RECORD, History, newest_titles
from sona.model.titles import Titles, keys_of
from sona.training.event_columns import FIELDS, REASONS, read_columns
from sona.training.event_files import FILE, LINE, ROW, EventFiles

Progress = Callable[[int], None]
"""Told how many more rows are read."""


@dataclass(frozen=True, eq=False)
class EventLog:
    """The usable events of a log."""

    frame: pl.DataFrame
    """`user` and `content` (categories), `at`, `completion`, `grade`."""
    skipped: int
    """Rows that are not usable."""

    @classmethod
    def read(
        cls, source: str, *, skip_bad: bool = False, progress: Progress = lambda _: None, now: datetime | None = None
    ) -> Self:
        """Read a file, a folder, a glob or `s3://…` of any of these.

        Raises:
            EventsInvalid: there is nothing to read or it can't be read; unless `skip_bad`, a row is bad: names it and
                its field.
        """
        now = now or datetime.now(UTC)
        try:
            files = EventFiles.at(source)
            frame = _read(files, now, progress)
            skipped = frame["bad"].count()
            first_bad = _first_bad(files, now) if skipped and not skip_bad else ""
        except (PolarsError, OSError, EventsInvalid) as error:
            raise EventsInvalid(f"{source}: {error}") from error
        if first_bad:
            raise EventsInvalid(first_bad)
        return cls(frame.filter(pl.col("bad").is_null()).drop("bad"), skipped)

    def __len__(self) -> int:
        return len(self.frame)

    def histories(self, titles: Titles) -> list[History]:
        """What an engine would know of each person, from the titles that a catalogue has; ordered by the person's name.

        Of each title the newest event, of these the newest 700, whatever the order of the rows.
        """
        content, keys = _named(self.frame["content"], keys_of)
        user, ranks = _named(self.frame["user"], _ranks)
        known = titles.rows_of_keys(keys)[content] >= 0
        of_whom_and_what = [pl.Series("user", ranks[user]), pl.Series("key", keys[content])]
        events = pl.DataFrame([*of_whom_and_what, *(self.frame[name] for name in ("at", "grade", "completion"))])
        events = events.filter(pl.Series(known)).sort("user", "key", "at", "grade", "completion")
        users, keys = events["user"].to_numpy(), events["key"].to_numpy()
        last = np.ones(len(events), dtype=np.bool_)
        last[:-1] = (users[1:] != users[:-1]) | (keys[1:] != keys[:-1])
        records = np.empty(int(last.sum()), dtype=RECORD)
        for name in RECORD.names or ():
            records[name] = events[name].to_numpy()[last]
        ends = np.flatnonzero(np.diff(users[last])) + 1
        return [History(newest_titles(part)) for part in np.split(records, ends) if len(part)]


def _named(column: pl.Series, of_names: Callable[[list[str]], NDArray[Any]]) -> tuple[NDArray[Any], NDArray[Any]]:
    """By row, the place among the names that occur; and what belongs to each of these."""
    _, first, places = np.unique(column.to_physical().to_numpy(), return_index=True, return_inverse=True)
    return places, of_names(column[first].cast(pl.String).to_list())


def _ranks(names: list[str]) -> NDArray[np.uint32]:
    ranks = np.empty(len(names), dtype=np.uint32)
    ranks[np.argsort(np.array(names, dtype=object))] = np.arange(len(names))
    return ranks


def _read(files: EventFiles, now: datetime, progress: Progress) -> pl.DataFrame:
    try:
        return _collected(files.scanned(), now, progress)
    except ComputeError:  # one line that is no JSON fails the whole scan, so each is looked at
        if files.parquet:
            raise
        return _collected(files.numbered(), now, progress)


def _collected(scanned: pl.LazyFrame, now: datetime, progress: Progress) -> pl.DataFrame:
    read = scanned.select(read_columns(scanned.collect_schema(), now))
    parts = []
    for part in read.collect_batches(maintain_order=False, engine="streaming"):
        parts.append(part)
        progress(len(part))
    if not sum(map(len, parts)):
        raise EventsInvalid("there are no events")
    return pl.concat(parts)


def _first_bad(files: EventFiles, now: datetime) -> str:
    """The first bad row, its field and what is wrong, in words."""
    rows = files.numbered()
    bad = rows.with_columns(read_columns(rows.collect_schema(), now)[-1]).filter(pl.col("bad").is_not_null())
    row = bad.sort(FILE, ROW).head(1).collect(engine="streaming").to_dicts()[0]
    where = f"{row[FILE]}: row {row[ROW]}"
    if LINE in row and all(row[field] is None for field in FIELDS):
        return f"{where}: no JSON object with the fields of an event"
    field = list(REASONS)[row["bad"]]
    said = "" if field in ("user_id", "content_id") else f" is {row.get(field)!r}"
    return f"{where}, field {field!r}{said}: {REASONS[field]}"
