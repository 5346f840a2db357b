"""What the deployment function makes of the secret that the edge sends, with a Secrets Manager made of a dict."""

import hashlib
import json
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from discovery.api.origin import ORIGIN_HEADER, OriginGate
from discovery.errors import OriginRefused
from discovery.settings.access import OriginSettings
from functions.deployment import app


class NotFound(Exception):
    """As boto3's ResourceNotFoundException."""


class Secrets:
    """GetSecretValue of one secret, whose values have stages."""

    exceptions = SimpleNamespace(ResourceNotFoundException=NotFound)

    def __init__(self, denials: int = 0, **values: str) -> None:
        self.values = values
        self.denials = denials

    def get_secret_value(self, SecretId: str, VersionStage: str) -> dict[str, str]:  # noqa: N803
        assert SecretId == "arn:secret"
        if self.denials:
            self.denials -= 1
            raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "not yet"}}, "GetSecretValue")
        if VersionStage not in self.values:
            raise NotFound
        return {"SecretString": self.values[VersionStage]}


def answered(secrets: Secrets, request: str = "Create", waits: list[float] | None = None) -> dict[str, Any]:
    names = {name: name for name in ("StackId", "RequestId", "LogicalResourceId", "ResponseURL")}
    answers: list[bytes] = []
    wait = ([] if waits is None else waits).append
    handler = app.make_handler({"secretsmanager": secrets}.__getitem__, lambda _, body: answers.append(body), wait)
    event = names | {"RequestType": request, "ResourceType": "Custom::OriginSecret"}
    handler(event | {"ResourceProperties": {"Secret": "arn:secret", "Rotation": "1"}}, None)
    found: dict[str, Any] = json.loads(answers[0])
    return found


def lets_in(hashes: str, secret: str) -> bool:
    try:
        OriginGate(OriginSettings(secret_sha256=hashes)).admit({ORIGIN_HEADER: secret})
    except OriginRefused:
        return False
    return True


def test_a_secret_becomes_its_hash() -> None:
    answer = answered(Secrets(AWSCURRENT="new"))
    assert answer["Data"] == {"Sha256": hashlib.sha256(b"new").hexdigest()}


def test_after_a_rotation_the_value_before_it_is_let_in_too() -> None:
    hashes = answered(Secrets(AWSCURRENT="new", AWSPREVIOUS="old"), "Update")["Data"]["Sha256"]
    assert [lets_in(hashes, secret) for secret in ("new", "old", "older", "")] == [True, True, False, False]


@pytest.mark.parametrize("request_type", ["Create", "Update", "Delete"])
def test_the_answer_does_not_hold_the_secret(request_type: str) -> None:
    assert "s3cret" not in json.dumps(answered(Secrets(AWSCURRENT="s3cret"), request_type))


def test_a_right_that_does_not_hold_yet_is_waited_for() -> None:
    waits: list[float] = []
    assert answered(Secrets(denials=3, AWSCURRENT="new"), waits=waits)["Status"] == "SUCCESS"
    assert waits == [1, 2, 4]


def test_a_right_that_never_holds_fails_the_deployment_before_the_function_times_out() -> None:
    waits: list[float] = []
    answer = answered(Secrets(denials=100, AWSCURRENT="new"), waits=waits)
    assert answer["Status"] == "FAILED"
    assert "AccessDenied" in answer["Reason"]
    assert sum(waits) <= 60 / 2


def test_another_error_is_not_waited_for() -> None:
    waits: list[float] = []
    assert answered(Secrets(), waits=waits)["Status"] == "FAILED"
    assert waits == []


def test_a_secret_without_a_value_fails_the_deployment_and_does_not_open_the_api() -> None:
    assert answered(Secrets())["Status"] == "FAILED"
