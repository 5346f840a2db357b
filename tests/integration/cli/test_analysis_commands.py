"""`discovery experiment analyse`: a lake in S3, and the experiment as Parameter Store has it."""

import itertools
import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.integration.cli.conftest import Discovery
from tests.integration.conftest import Put
from tests.lakes import BEGIN, DAY, NAME, exposure, outcome, write_json, write_parquet

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_numbers = itertools.count()
SPRING = {"name": NAME, "traffic_allocation": 0.5, "variants": {"control": 0.75, "high_boost": 0.25}}


@pytest.fixture
def lake(s3: "S3Client", tmp_path: Path) -> str:
    """Two formats, in two partitions: 240 people, of whom three quarters are in control."""
    bucket = f"lake-{next(_numbers)}"
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": s3.meta.region_name})  # type: ignore[typeddict-item]  # whichever it is
    people = [(f"person {n}", "high_boost" if n % 4 == 0 else "control") for n in range(480)]
    exposures = [
        [exposure(name, f"{name} {day}", BEGIN + day * DAY, variant=variant) for name, variant in people]
        for day in range(2)
    ]
    files = {
        "exposures/day=2026-05-15/a.parquet": write_parquet(tmp_path, "exposures", exposures[0], "a.parquet"),
        "exposures/day=2026-05-16/b.json.gz": write_json(tmp_path, "exposures", exposures[1], "b.json.gz"),
        "outcomes/day=2026-05-15/c.json": write_json(
            tmp_path, "outcomes", [outcome(name, f"{name} 0") for name, _ in people[::2]], "c.json"
        ),
    }
    for key, file in files.items():
        s3.upload_file(str(file), bucket, f"all/{key}")
    s3.put_object(Bucket=bucket, Key="all/exposures/day=2026-05-15/_SUCCESS", Body=b"")
    return f"s3://{bucket}/all"


def test_shares_are_those_of_the_experiments_parameter(discovery: Discovery, put: Put, lake: str) -> None:
    put("experiment", json.dumps(SPRING))
    result = discovery("experiment", "analyse", NAME, "--lake", lake, "--json")
    found = json.loads(result.stdout)
    assert (result.exit_code, found["readable"], found["searches"], found["outcomes"]) == (0, True, 960, 240)
    assert found["analysis"]["sample_ratio"]["observed"] == {"control": 360, "high_boost": 120}
    assert found["analysis"]["sample_ratio"]["meant"] == SPRING["variants"]
    assert not found["analysis"]["sample_ratio"]["mismatch"]


def test_days_before_since_are_not_fetched(discovery: Discovery, put: Put, lake: str) -> None:
    put("experiment", json.dumps(SPRING))
    result = discovery("experiment", "analyse", NAME, "--lake", lake, "--since", "2026-05-16", "--json")
    assert json.loads(result.stdout)["searches"] == 480


def test_an_unknown_experiment_is_wrong_usage_and_the_known_ones_are_named(
    discovery: Discovery, put: Put, lake: str
) -> None:
    put("experiment", json.dumps(SPRING))
    result = discovery("experiment", "analyse", "autumn", "--lake", lake)
    assert result.exit_code == 2
    assert "no experiment autumn" in result.stderr
    assert f"only {NAME}" in result.stderr


def test_a_bucket_that_is_not_there_is_unreachable(discovery: Discovery, put: Put, s3: "S3Client") -> None:
    put("experiment", json.dumps(SPRING))
    result = discovery("experiment", "analyse", NAME, "--lake", "s3://no-such-lake", "--json")
    assert result.exit_code == 1
    assert "no-such-lake" in json.loads(result.stdout)["error"]
