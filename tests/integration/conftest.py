"""Real servers for the tests below: one Valkey and one SSM API for the session, emptied or set apart by test."""

import itertools
import os
from collections.abc import Callable, Iterator

import boto3
import pytest
import redis
from mypy_boto3_s3 import S3Client
from mypy_boto3_ssm import SSMClient

from local.stack.credentials import CREDENTIALS
from local.stack.processes import moto, valkey

_stages = (f"test{number}" for number in itertools.count())

Put = Callable[[str, str], None]
"""Sets a parameter, named relative to the stage's prefix."""


@pytest.fixture(scope="session")
def shared_valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with valkey(tmp_path_factory.mktemp("valkey")) as url:
        yield url


@pytest.fixture
def valkey_url(shared_valkey: str) -> str:
    """URL of a Valkey server that holds nothing."""
    with redis.Redis.from_url(shared_valkey) as client:
        client.flushall()
    return shared_valkey


@pytest.fixture
def operator(valkey_url: str) -> Iterator[redis.Redis]:
    """A plain client of that server, to look behind the scenes with."""
    with redis.Redis.from_url(valkey_url) as client:
        yield client


@pytest.fixture(scope="session")
def moto_endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with moto(tmp_path_factory.mktemp("moto")) as url:
        # The first request of a service loads it, which takes longer on a busy machine than our clients wait.
        session = boto3.Session("local", "local", region_name=CREDENTIALS["AWS_DEFAULT_REGION"])
        session.client("ssm", endpoint_url=url).describe_parameters()
        yield url


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch, moto_endpoint: str) -> pytest.MonkeyPatch:
    """The environment in which any AWS client reaches the session's SSM API, and nothing of this machine's user."""
    settings = CREDENTIALS | {
        "AWS_ENDPOINT_URL": moto_endpoint,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


@pytest.fixture
def s3(aws: pytest.MonkeyPatch) -> Iterator[S3Client]:
    client = boto3.client("s3")
    yield client
    client.close()


@pytest.fixture
def stage() -> str:
    """A stage of this test's own, without parameters."""
    return next(_stages)


@pytest.fixture
def put(aws: pytest.MonkeyPatch, stage: str) -> Iterator[Put]:
    client: SSMClient = boto3.client("ssm")

    def put_parameter(name: str, value: str) -> None:
        full = f"/discovery/{stage}/personalization/{name}"
        client.put_parameter(Name=full, Value=value, Type="String", Overwrite=True)

    yield put_parameter
    client.close()
