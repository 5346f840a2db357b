"""What S3's refusals are called; what it answers otherwise is tested against a real S3 API."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import boto3
import pytest
from botocore.stub import Stubber

from discovery.artefacts.store import Store
from discovery.catalogue.published import BUNDLES
from discovery.errors import BundleInvalid
from discovery.location import S3Prefix

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


@pytest.fixture
def s3() -> Iterator["S3Client"]:
    client: S3Client = boto3.client(
        "s3", region_name="eu-west-1", aws_access_key_id="none", aws_secret_access_key="none"
    )
    yield client
    client.close()


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("NoSuchKey", "there is no such object"),
        ("AccessDenied", "access denied, or no such object"),
        ("SlowDown", "SlowDown"),
    ],
)
def test_what_s3_refuses_is_an_error_that_names_the_object_and_the_cause(s3: "S3Client", code: str, said: str) -> None:
    with Stubber(s3) as stubber:
        stubber.add_client_error("get_object", code)

        with pytest.raises(BundleInvalid, match=rf"^s3://films/prod: current\.json: {said}$"):
            Store(s3, S3Prefix("films", "prod"), BUNDLES).pointer()
