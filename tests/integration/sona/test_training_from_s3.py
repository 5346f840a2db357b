"""`discovery sona train` on a log that is on S3, read by polars itself."""

import gzip
import io
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest
from click.testing import CliRunner, Result

from discovery.artefacts.folder import artefact_id
from discovery.location import S3Prefix
from discovery_cli import main
from tests.integration.sona.conftest import events

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

LINES = events(0, 1, 2)


def parquet(lines: str) -> bytes:
    out = io.BytesIO()
    pl.read_ndjson(lines.encode()).with_columns(
        pl.col("timestamp").str.to_datetime("%+", time_zone="UTC")
    ).write_parquet(out)
    return out.getvalue()


def train(source: object, films: Path, out: Path) -> Result:
    return CliRunner().invoke(main, ["sona", "train", str(source), "--catalogue", str(films), "--out", str(out)])


@pytest.mark.parametrize("below", ["/events", "/events/2026/**/*.jsonl.gz"])
def test_a_folder_and_a_glob_on_s3_give_the_model_of_the_same_events(
    s3: "S3Client", location: S3Prefix, films: Path, models: list[Path], tmp_path: Path, *, below: str
) -> None:
    half = len(LINES.splitlines()) // 2
    for day, lines in enumerate((LINES.splitlines()[:half], LINES.splitlines()[half:])):
        body = gzip.compress("\n".join(lines).encode())
        s3.put_object(Bucket=location.bucket, Key=location.key(f"events/2026/{day}/part.jsonl.gz"), Body=body)

    result = train(f"{location}{below}", films, tmp_path / "model")

    assert result.exit_code == 0, result.output
    assert artefact_id(tmp_path / "model") == artefact_id(models[0])


def test_parquet_with_real_timestamps_gives_the_same_model(
    s3: "S3Client", location: S3Prefix, films: Path, models: list[Path], tmp_path: Path
) -> None:
    s3.put_object(Bucket=location.bucket, Key=location.key("events.parquet"), Body=parquet(LINES))

    result = train(f"{location}/events.parquet", films, tmp_path / "model")

    assert result.exit_code == 0, result.output
    assert artefact_id(tmp_path / "model") == artefact_id(models[0])


def test_what_is_not_there_is_an_error_and_no_traceback(location: S3Prefix, films: Path, tmp_path: Path) -> None:
    for source in (f"{location}/nothing", f"{location}/nothing.jsonl", "s3://nobodys-bucket/events"):
        result = train(source, films, tmp_path / "model")

        assert result.exit_code == 1
        assert source in result.output
        assert "Traceback" not in result.output
