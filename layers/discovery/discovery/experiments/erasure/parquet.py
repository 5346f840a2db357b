"""Files of Parquet, which DuckDB reads and writes."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from discovery.experiments.erasure.form import Holding, Unreadable

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_PERSON = ("user", "client")
_GLOB = re.compile(r"[*?\[]")


class Parquet:
    """Parquet. The rows that stay keep their order, columns and compression."""

    def holding(self, file: Path, people: frozenset[str]) -> Holding:
        """See `Form`."""
        with _asking(file) as connection:
            columns = _columns_of_people(connection, file)
            person = f"coalesce({', '.join(columns)})"
            asked = f"SELECT count(*), list(DISTINCT {person}) FROM {_rows(file)} WHERE {_any_of(columns, people)}"  # noqa: S608
            lines, found = connection.execute(asked).fetchall()[0]
        return Holding(lines, frozenset(found or ()))

    def copy_without(self, people: frozenset[str], file: Path, copy: Path) -> None:
        """See `Form`."""
        with _asking(file) as connection:
            none_of = f"NOT {_any_of(_columns_of_people(connection, file), people)}"
            if not connection.execute(f"SELECT count(*) FROM {_rows(file)} WHERE {none_of}").fetchall()[0][0]:  # noqa: S608
                copy.write_bytes(b"")
                return
            packed = connection.execute(f"SELECT any_value(compression) FROM parquet_metadata({_text(file)})")  # noqa: S608
            form = f"FORMAT parquet, COMPRESSION {packed.fetchall()[0][0]}"
            connection.execute(f"COPY (FROM {_rows(file)} WHERE {none_of}) TO {_text(copy)} ({form})")
            if _schema(connection, file) != _schema(connection, copy):
                raise Unreadable("its columns can't be written again as they are")


@contextmanager
def _asking(file: Path) -> "Iterator[DuckDBPyConnection]":
    import duckdb  # noqa: PLC0415 - not in the layer

    if _GLOB.search(str(file)):  # DuckDB would read other files too
        raise Unreadable("its path has one of the characters * ? [")
    try:
        with duckdb.connect() as connection:
            connection.execute("SET threads = 1")  # several files are rewritten at once
            yield connection
    except duckdb.Error as error:
        raise Unreadable("DuckDB can't read it, or not write it again") from error


def _rows(file: Path) -> str:
    return f"read_parquet({_text(file)}, hive_partitioning = false)"


def _text(file: Path) -> str:
    return "'" + str(file).replace("'", "''") + "'"


def _schema(connection: "DuckDBPyConnection", file: Path) -> list[tuple[str, str]]:
    return [(row[0], row[1]) for row in connection.execute(f"DESCRIBE FROM {_rows(file)}").fetchall()]


def _columns_of_people(connection: "DuckDBPyConnection", file: Path) -> list[str]:
    columns = [f'"{name}"::VARCHAR' for name, _ in _schema(connection, file) if name.lower() in _PERSON]
    if not columns:
        raise Unreadable("it has neither a column user nor client")
    return columns


def _any_of(columns: list[str], people: frozenset[str]) -> str:
    """Whether a row is of one of these people, never null; keyed hashes need no quoting."""
    listed = ", ".join(f"'{one}'" for one in sorted(people))
    return "(" + " OR ".join(f"coalesce({column} IN ({listed}), false)" for column in columns) + ")"
