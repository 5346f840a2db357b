"""The files of a lake: `{lake}/{kind}/day=YYYY-MM-DD/…`, in a folder, or under an S3 prefix of which they are fetched.

DuckDB could read S3 by an extension that it downloads, which neither a function in a private network nor a machine
without internet can. So the days that are needed are downloaded, several files at once, and read as a folder is.
"""

import re
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from discovery.errors import LakeUnavailable
from discovery.location import S3Prefix

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

JSON_ENDINGS = tuple(f".{name}{packed}" for name in ("json", "jsonl", "ndjson") for packed in ("", ".gz"))
PARQUET_ENDINGS = (".parquet",)
_PARTITION = re.compile(r"day=(\d{4}-\d\d-\d\d)")
_CONNECTIONS = 10
_CHUNK_BYTES = 1024 * 1024

Progress = Callable[[int, int], None]
"""Told how many bytes of how many are there."""


@dataclass(frozen=True)
class LakeFiles:
    """Files of one kind of record."""

    json: tuple[str, ...]
    """JSON Lines, some of them compressed."""
    parquet: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.json) + len(self.parquet)

    def without(self, damaged: frozenset[str]) -> "LakeFiles":
        """All but some."""
        json, parquet = (tuple(file for file in files if file not in damaged) for files in (self.json, self.parquet))
        return LakeFiles(json, parquet)


def files_of(lake: Path, kind: str, since: date | None = None) -> LakeFiles:
    """The files of a kind in a folder, of the partitions from a day on; what has another ending is left alone."""
    names = [
        str(file)
        for partition in sorted((lake / kind).glob("day=*"))
        if _is_wanted(partition.name, since)
        for file in sorted(partition.rglob("*"))
        if file.is_file() and file.stat().st_size
    ]
    return LakeFiles(
        tuple(name for name in names if name.endswith(JSON_ENDINGS)),
        tuple(name for name in names if name.endswith(PARQUET_ENDINGS)),
    )


@contextmanager
def local_lake(
    lake: Path | S3Prefix,
    kinds: tuple[str, ...],
    since: date | None = None,
    *,
    client: "Callable[[], S3Client]",
    progress: Progress = lambda _, __: None,
) -> Iterator[Path]:
    """A folder that holds a lake's partitions from a day on: its own, or a temporary one that they are fetched into.

    Raises:
        LakeUnavailable: there is no such folder or bucket, it can't be read, or the disk is full.
    """
    if isinstance(lake, Path):
        if not lake.is_dir():
            raise LakeUnavailable(f"{lake} is no folder")
        yield lake
        return
    with tempfile.TemporaryDirectory(prefix="lake-") as scratch:
        _fetch(client(), lake, Path(scratch), kinds=kinds, since=since, progress=progress)
        yield Path(scratch)


def _fetch(
    client: "S3Client",
    lake: S3Prefix,
    folder: Path,
    *,
    kinds: tuple[str, ...],
    since: date | None,
    progress: Progress,
) -> None:
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - comes with the client

    def download(key: str) -> None:
        file = folder / key.removeprefix(lake.key(""))
        file.parent.mkdir(parents=True, exist_ok=True)
        try:
            body = client.get_object(Bucket=lake.bucket, Key=key)["Body"]
        except client.exceptions.NoSuchKey:  # it expired, or held only people who were erased, since it was listed
            return
        with file.open("wb") as out:
            for chunk in body.iter_chunks(_CHUNK_BYTES):
                out.write(chunk)

    try:
        sizes = {key: size for kind in kinds for key, size in _wanted(client, lake, kind, since)}
        total, done = sum(sizes.values()), 0
        with ThreadPoolExecutor(_CONNECTIONS) as pool:
            futures = {pool.submit(download, key): size for key, size in sizes.items()}
            try:
                for future in as_completed(futures):
                    future.result()
                    done += futures[future]
                    progress(done, total)
            finally:
                pool.shutdown(cancel_futures=True)
    except (BotoCoreError, ClientError, OSError) as error:
        raise LakeUnavailable(f"{lake}: {error}") from error


def _wanted(client: "S3Client", lake: S3Prefix, kind: str, since: date | None) -> Iterator[tuple[str, int]]:
    """Key and size of each object of the partitions from a day on; names before that day's are not even listed."""
    prefix = lake.key(f"{kind}/")
    first = f"{prefix}day={since}" if since is not None else prefix
    pages = client.get_paginator("list_objects_v2").paginate(Bucket=lake.bucket, Prefix=prefix, StartAfter=first)
    for page in pages:
        for found in page.get("Contents", ()):
            partition = found["Key"].removeprefix(prefix).partition("/")[0]
            if _is_wanted(partition, since) and found["Key"].endswith(JSON_ENDINGS + PARQUET_ENDINGS):
                yield found["Key"], found["Size"]


def _is_wanted(partition: str, since: date | None) -> bool:
    found = _PARTITION.fullmatch(partition)
    return found is not None and (since is None or found[1] >= str(since))
