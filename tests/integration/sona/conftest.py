"""An S3 bucket for each test, and trained models to publish in it."""

import itertools
import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from discovery.artefacts.publisher import Publisher
from discovery.location import S3Prefix
from discovery_cli import main
from sona.model.published import MODELS
from tests import catalogues

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_numbers = itertools.count()


def events(*liked: int) -> str:
    """A log of three people who all like the contents with these numbers."""
    lines = [
        {
            "user_id": f"person-{person}",
            "content_id": catalogues.CONTENTS[number].id,
            "timestamp": f"2026-01-{number + 1:02}T00:00:00Z",
            "completion_rate": 1.0,
            "rating": 5 - person / 2,
        }
        for person in range(3)
        for number in liked
    ]
    return "".join(json.dumps(line) + "\n" for line in lines)


@pytest.fixture
def location(s3: "S3Client") -> S3Prefix:
    """A prefix under which nothing is published."""
    bucket = f"models-{next(_numbers)}"
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": s3.meta.region_name})  # type: ignore[typeddict-item]  # whichever it is
    return S3Prefix(bucket, "prod")


@pytest.fixture
def publisher(s3: "S3Client", location: S3Prefix) -> Publisher:
    return Publisher(s3, location, MODELS)


@pytest.fixture(scope="session")
def films(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundle of `catalogues.CONTENTS`."""
    return catalogues.build(tmp_path_factory.mktemp("films"))


@pytest.fixture(scope="session")
def models(films: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Three models of them, trained on different events."""
    folder = tmp_path_factory.mktemp("models")
    for number in range(3):
        log = folder / f"{number}.jsonl"
        log.write_text(events(number, number + 1, number + 2))
        options = ["--catalogue", str(films), "--out", str(folder / str(number))]
        trained = CliRunner().invoke(main, ["sona", "train", str(log), *options])
        assert trained.exit_code == 0, trained.output
    return [folder / str(number) for number in range(3)]
