"""The user key in a real Parameter Store, as a SecureString and as a secret of Secrets Manager."""

import boto3
import pytest

from discovery.errors import PolicyUnavailable
from discovery.policy.parameters import read_secret, ssm_client


@pytest.fixture
def name(aws: pytest.MonkeyPatch, stage: str) -> str:
    return f"discovery-{stage}"


def test_a_secure_string_is_decrypted(name: str) -> None:
    boto3.client("ssm").put_parameter(Name=f"/{name}/key", Value="the key", Type="SecureString")

    assert read_secret(ssm_client, f"/{name}/key") == "the key"


def test_a_secret_is_read_by_its_reference(name: str) -> None:
    boto3.client("secretsmanager").create_secret(Name=name, SecretString="the key")

    assert read_secret(ssm_client, f"/aws/reference/secretsmanager/{name}") == "the key"


def test_what_is_not_there_is_unavailable(name: str) -> None:
    with pytest.raises(PolicyUnavailable):
        read_secret(ssm_client, f"/{name}/none")
