"""The experiments function: who may read results, and what the hourly run writes. With a real S3 API."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from moto import mock_aws

from discovery.api.auth import Authenticator
from discovery.errors import LakeUnavailable, PolicyUnavailable
from discovery.experiments.analysis.stored import StoredAnalyses
from discovery.location import S3Prefix
from discovery.policy.parameters import PolicyParameters
from discovery.settings.access import AuthSettings
from experiments_routes.service import ExperimentsService
from functions.experiments import app as experiments_function
from tests import tokens
from tests.events import FakeContext
from tests.functional.client import Api, assert_problem
from tests.lakes import BEGIN, DAY, NAME, SECOND, exposure, outcome, write_json

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_ssm import SSMClient

BUCKET, PREFIX = "lake", "/discovery/test/personalization/"
SCOPE = "experiments:read"
SCHEDULED = {"source": "aws.events", "detail-type": "Scheduled Event", "detail": {}}
SPRING = {"name": NAME, "traffic_allocation": 1.0, "variants": {"control": 0.5, "high_boost": 0.5}}
Handle = Callable[[dict[str, Any]], Any]


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> "Iterator[S3Client]":
    for name, value in {
        "AWS_ACCESS_KEY_ID": "a",
        "AWS_SECRET_ACCESS_KEY": "b",
        "AWS_DEFAULT_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        client = boto3.client("s3")
        client.create_bucket(Bucket=BUCKET)
        yield client


@pytest.fixture
def ssm(s3: "S3Client") -> "SSMClient":
    return boto3.client("ssm")


@pytest.fixture
def experiments(s3: "S3Client", ssm: "SSMClient", auth: AuthSettings) -> Api:
    location = S3Prefix(BUCKET)
    service = ExperimentsService(
        Authenticator(auth),
        PolicyParameters(lambda: ssm, PREFIX),
        location,
        StoredAnalyses(lambda: s3, location),
        client=lambda: s3,
        now=lambda: BEGIN / 1000 + 4 * 86_400,
    )
    return Api(experiments_function.make_handler(lambda: service))


def scheduled(api: Api, event: dict[str, Any] = SCHEDULED) -> Any:
    return api.handler(event, FakeContext())


def put(ssm: "SSMClient", name: str, document: dict[str, Any] | str) -> None:
    value = document if isinstance(document, str) else json.dumps(document)
    ssm.put_parameter(Name=f"{PREFIX}{name}", Value=value, Type="String", Overwrite=True)


def fill(s3: "S3Client", folder: Path, people: int = 300) -> None:
    """A lake of three days, in the partition of today, since moto sets parameters today."""
    names = [(f"person {n}", "high_boost" if n % 2 else "control") for n in range(people)]
    exposures = [
        exposure(name, f"{name} {day}", BEGIN + day * DAY, variant=variant)
        for name, variant in names
        for day in range(3)
    ]
    clicks = [outcome(name, f"{name} 1", at=BEGIN + DAY + SECOND) for name, variant in names if variant != "control"]
    for kind, records in (("exposures", exposures), ("outcomes", clicks)):
        body = write_json(folder, kind, records).read_bytes()
        s3.put_object(Bucket=BUCKET, Key=f"{kind}/day=2999-01-01/part.json", Body=body)
    s3.put_object(Bucket=BUCKET, Key="exposures/day=2001-01-01/part.json", Body=b"long past, and damaged")


def path(name: str = NAME) -> str:
    return f"/v1/experiments/{name}/results"


def test_results_are_those_of_the_last_run(experiments: Api, s3: "S3Client", ssm: "SSMClient", tmp_path: Path) -> None:
    fill(s3, tmp_path)
    put(ssm, f"experiments/{NAME}", SPRING)

    assert scheduled(experiments) is None
    answer = experiments.request("GET", path(), token=tokens.token("ana", scope=SCOPE))

    assert (answer.status, answer.headers["content-type"]) == (200, "application/json")
    found = answer.json
    assert (found["experiment"], found["readable"], found["damaged_lines"]) == (NAME, True, 0)
    assert found["computed_at"] == "2026-05-19T00:00:00Z"
    assert found["verdict"].startswith("high_boost: ")
    assert {one["variant"]: one["people"] for one in found["analysis"]["variants"]} == {
        "control": 150,
        "high_boost": 150,
    }


def test_only_running_experiments_are_analysed_unless_one_is_named(
    experiments: Api, s3: "S3Client", ssm: "SSMClient", tmp_path: Path
) -> None:
    fill(s3, tmp_path, people=4)
    put(ssm, "experiment", "{}")
    put(ssm, "experiments/broken", "no JSON")
    put(ssm, f"experiments/{NAME}", SPRING | {"status": "completed"})
    put(ssm, "experiments/tiles", SPRING | {"name": "tiles", "layer": "page"})

    def kept() -> set[str]:
        return {one["Key"] for one in s3.list_objects_v2(Bucket=BUCKET, Prefix="analyses/").get("Contents", ())}

    scheduled(experiments)
    assert kept() == {"analyses/tiles.json"}
    scheduled(experiments, {"experiment": NAME})
    assert kept() == {"analyses/tiles.json", f"analyses/{NAME}.json"}


def test_an_experiment_that_nobody_saw_yet_has_results_that_say_so(experiments: Api, ssm: "SSMClient") -> None:
    put(ssm, "experiment", SPRING)
    scheduled(experiments)
    found = experiments.request("GET", path(), token=tokens.token("ana", scope=SCOPE)).json
    assert (found["readable"], found["verdict"]) == (False, "never ran: the lake has no exposures")
    assert (found["epoch"], found["analysis"]) == (None, None)


@pytest.mark.parametrize(
    ("token", "status"),
    [(None, 401), ("not a token", 401), (tokens.token("ana", scope="personalization:read"), 403)],
    ids=["nobody", "a bad token", "without the scope"],
)
def test_results_need_a_token_with_the_scope(token: str | None, status: int, experiments: Api) -> None:
    assert_problem(experiments.request("GET", path(), token=token), status)


@pytest.mark.parametrize("name", ["autumn", "..%2F..%2Fexposures", "ünïcode"])
def test_a_name_without_results_is_not_found(name: str, experiments: Api) -> None:
    answer = experiments.request("GET", path(name), token=tokens.token("ana", scope=SCOPE))
    assert_problem(answer, 404)
    assert "there is no analysis" in answer.json["detail"]


def test_without_the_lake_results_are_unavailable_and_the_run_is_tried_again(
    experiments: Api, s3: "S3Client", ssm: "SSMClient"
) -> None:
    put(ssm, "experiment", SPRING)
    s3.delete_bucket(Bucket=BUCKET)
    answer = experiments.request("GET", path(), token=tokens.token("ana", scope=SCOPE))
    assert_problem(answer, 503)
    with pytest.raises(LakeUnavailable, match="not analysed: spring"):
        scheduled(experiments)


def test_without_parameter_store_the_run_is_tried_again(auth: AuthSettings, s3: "S3Client") -> None:
    def no_client() -> Any:
        raise PolicyUnavailable("no answer")

    location = S3Prefix(BUCKET)
    stored = StoredAnalyses(lambda: s3, location)
    service = ExperimentsService(Authenticator(auth), PolicyParameters(no_client, PREFIX), location, stored)
    with pytest.raises(PolicyUnavailable):
        scheduled(Api(experiments_function.make_handler(lambda: service)))
