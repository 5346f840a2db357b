"""Which files an event log is: a file, a glob, or a folder and all below it, here or on S3."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import polars as pl

from discovery.location import SCHEME, S3Prefix
from sona.errors import EventsInvalid
from sona.training.event_columns import FIELDS

_JSON = (".jsonl", ".jsonl.gz", ".jsonl.zst")
_PARQUET = (".parquet",)
_AS_TEXT = dict.fromkeys(FIELDS, pl.String)
LINE, FILE, ROW = "line", "file", "row"


@dataclass(frozen=True)
class EventFiles:
    """Files of one format."""

    files: list[str]
    """Paths, `s3://` URLs, or one glob."""
    parquet: bool
    """Else JSON Lines."""
    storage: dict[str, str] | None
    """Options of polars' S3."""

    @classmethod
    def at(cls, source: str) -> Self:
        """The files of a source.

        Raises:
            EventsInvalid: there are none of a known ending, or some of both formats.
        """
        files = [source] if source.endswith((*_JSON, *_PARQUET)) else _below(source)
        parquet = [file.endswith(_PARQUET) for file in files]
        if not files or any(parquet) != all(parquet):
            raise EventsInvalid(f"expected either {', '.join(_JSON)} or {', '.join(_PARQUET)}, some and of one format")
        return cls(files, parquet[0], _storage() if source.startswith(SCHEME) else None)

    def scanned(self) -> pl.LazyFrame:
        """The rows; of JSON Lines with the text of each value."""
        if self.parquet:
            return pl.scan_parquet(self.files, storage_options=self.storage)
        return pl.scan_ndjson(self.files, schema=_AS_TEXT, storage_options=self.storage)

    def numbered(self) -> pl.LazyFrame:
        """The same ten times as slowly, with `FILE` and, from 1 in each, `ROW`; JSON Lines need not be JSON.

        `LINE` is the text of each line; nulls are where a line is no JSON object. Empty lines are left out.
        """
        numbered: dict[str, Any] = {"row_index_name": ROW, "include_file_paths": FILE, "storage_options": self.storage}
        row_of_file = pl.col(ROW) - pl.col(ROW).min().over(FILE) + 1
        if self.parquet:
            return pl.scan_parquet(self.files, **numbered).with_columns(row_of_file)
        lines = pl.scan_lines(self.files, name=LINE, **numbered).with_columns(row_of_file)
        lines = lines.filter(pl.col(LINE).str.strip_chars() != "")
        return lines.with_columns(pl.col(LINE).str.json_path_match(f"$.{field}").alias(field) for field in FIELDS)


def _below(folder: str) -> list[str]:
    if folder.startswith(SCHEME):
        names = _keys(S3Prefix.parse(folder))
    else:
        names = [str(file) for file in Path(folder).rglob("*")]
    return sorted(name for name in names if name.endswith((*_JSON, *_PARQUET)))


def _keys(folder: S3Prefix) -> list[str]:
    import boto3  # noqa: PLC0415 - takes a quarter of a second, for which a local log need not wait
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

    client = boto3.client("s3")
    try:
        pages = client.get_paginator("list_objects_v2").paginate(Bucket=folder.bucket, Prefix=folder.key(""))
        return [f"{SCHEME}{folder.bucket}/{found['Key']}" for page in pages for found in page.get("Contents", ())]
    except (BotoCoreError, ClientError) as error:
        raise EventsInvalid(str(error)) from error
    finally:
        client.close()


def _storage() -> dict[str, str] | None:
    """What polars does not read from the environment by itself: an endpoint without TLS has to be allowed."""
    endpoint = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")
    if not endpoint:
        return None
    return {"aws_endpoint_url": endpoint, "aws_allow_http": str(endpoint.startswith("http://")).lower()}
