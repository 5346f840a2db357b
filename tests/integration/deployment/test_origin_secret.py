"""The hashes of the edge's secret, of a real Secrets Manager API, and a gate with them."""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from discovery.api.origin import ORIGIN_HEADER, OriginGate
from discovery.errors import OriginRefused
from discovery.settings.access import OriginSettings
from functions.deployment import app


@pytest.fixture
def secrets(aws: pytest.MonkeyPatch) -> Iterator[Any]:
    client = boto3.client("secretsmanager")
    yield client
    client.close()


@pytest.fixture
def secret(secrets: Any, stage: str) -> str:
    arn: str = secrets.create_secret(Name=f"discovery-{stage}-origin-secret", SecretString="first")["ARN"]
    return arn


def hashes(secret: str, request: str) -> str:
    answers: list[bytes] = []
    event = {name: name for name in ("StackId", "RequestId", "LogicalResourceId", "ResponseURL")}
    event |= {"RequestType": request, "ResourceType": "Custom::OriginSecret"}
    clients: Any = boto3.client
    handler = app.make_handler(clients, lambda _, body: answers.append(body))
    handler(event | {"ResourceProperties": {"Secret": secret}}, None)
    answer = json.loads(answers[0])
    assert answer["Status"] == "SUCCESS", answer
    found: str = answer["Data"]["Sha256"]
    return found


def let_in(hashes: str, *secrets: str) -> list[str]:
    """Those that are let in."""

    def passes(secret: str) -> bool:
        try:
            OriginGate(OriginSettings(secret_sha256=hashes)).admit({ORIGIN_HEADER: secret})
        except OriginRefused:
            return False
        return True

    return [secret for secret in secrets if passes(secret)]


def test_a_new_secret_has_one_hash(secret: str) -> None:
    assert hashes(secret, "Create") == hashlib.sha256(b"first").hexdigest()


def test_through_a_rotation_the_edge_is_let_in_with_either_value_and_then_with_two_later_ones(
    secret: str, secrets: Any
) -> None:
    secrets.put_secret_value(SecretId=secret, SecretString="second")
    assert let_in(hashes(secret, "Update"), "first", "second", "third", "") == ["first", "second"]
    secrets.put_secret_value(SecretId=secret, SecretString="third")
    assert let_in(hashes(secret, "Update"), "first", "second", "third", "") == ["second", "third"]
