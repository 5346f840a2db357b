"""How a deployment finds out whether a function differs from its live version, with a Lambda API made of two dicts."""

import copy
import json
from types import SimpleNamespace
from typing import Any

import pytest

from functions.deployment import app

LATEST: dict[str, Any] = {
    "FunctionName": "discovery-prod-search",
    "FunctionArn": "arn:aws:lambda:us-east-1:123456789012:function:discovery-prod-search",
    "Version": "$LATEST",
    "RevisionId": "1",
    "LastModified": "2026-05-01",
    "Description": "Searches",
    "CodeSha256": "abc",
    "Environment": {"Variables": {"DISCOVERY_PERSONALIZATION_SONA_URL": "https://sona.example.com"}},
    "Layers": [{"Arn": "arn:layer:1", "CodeSize": 1}],
    "VpcConfig": {"SubnetIds": ["subnet-1", "subnet-2"], "SecurityGroupIds": ["sg-1"], "VpcId": "vpc-1"},
    "SnapStart": {"ApplyOn": "PublishedVersions", "OptimizationStatus": "Off"},
    "MemorySize": 1769,
}


class NotFound(Exception):
    """As boto3's ResourceNotFoundException."""


class LambdaApi:
    """GetFunctionConfiguration of one function, and of its live version where there is one."""

    exceptions = SimpleNamespace(ResourceNotFoundException=NotFound)

    def __init__(self) -> None:
        self.latest = copy.deepcopy(LATEST)
        self.live: dict[str, Any] | None = None

    def get_function_configuration(self, FunctionName: str, Qualifier: str = "$LATEST") -> dict[str, Any]:  # noqa: N803
        found = self.latest if Qualifier == "$LATEST" else self.live
        if found is None:
            raise NotFound(FunctionName)
        return found

    def release(self, description: str) -> None:
        """What CloudFormation does: publishes a version, and sends everybody there."""
        versions_own = {"Version": "7", "RevisionId": "2", "LastModified": "2026-05-02", "Description": description}
        snap = {"ApplyOn": "PublishedVersions", "OptimizationStatus": "On"}
        self.live = copy.deepcopy(self.latest) | versions_own | {"SnapStart": snap}


@pytest.fixture
def api() -> LambdaApi:
    return LambdaApi()


def described(api: LambdaApi, request: str = "Update") -> dict[str, Any]:
    """The answer to CloudFormation."""
    answers: list[dict[str, Any]] = []
    handler = app.make_handler(lambda _: api, lambda _, body: answers.append(json.loads(body)))
    names = {name: name for name in ("StackId", "RequestId", "LogicalResourceId", "ResponseURL")}
    properties = {"Functions": {"Search": "discovery-prod-search"}, "MadeOf": []}
    handler(
        names | {"RequestType": request, "ResourceType": "Custom::Configuration", "ResourceProperties": properties},
        None,
    )
    return answers[0]


def search(api: LambdaApi) -> str:
    answer = described(api)
    assert answer["Status"] == "SUCCESS", answer
    found: str = answer["Data"]["Search"]
    return found


def test_the_first_version_is_described_by_its_configuration(api: LambdaApi) -> None:
    assert search(api).startswith("configuration ")


def test_a_function_that_is_as_the_live_version_keeps_its_description(api: LambdaApi) -> None:
    """Or CloudFormation would publish, and fail: Lambda has nothing new to publish."""
    api.release("configuration of an earlier deployment")
    api.latest["VpcConfig"]["SubnetIds"].reverse()

    assert search(api) == "configuration of an earlier deployment"


@pytest.mark.parametrize(
    "change",
    [
        {"Environment": {"Variables": {"DISCOVERY_PERSONALIZATION_SONA_URL": "https://elsewhere.example.com"}}},
        {"Layers": [{"Arn": "arn:layer:2", "CodeSize": 1}]},
        {"SnapStart": {"ApplyOn": "None", "OptimizationStatus": "Off"}},
        {"VpcConfig": {"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"], "VpcId": "vpc-1"}},
        {"CodeSha256": "def"},
        {"LoggingConfig": {"LogFormat": "JSON", "ApplicationLogLevel": "DEBUG"}},
    ],
    ids=lambda change: next(iter(change)),
)
def test_another_configuration_is_another_description(change: dict[str, Any], api: LambdaApi) -> None:
    api.release(search(api))
    live = search(api)
    api.latest |= change

    assert search(api) != live


def test_going_back_to_an_earlier_configuration_is_described_as_that_was(api: LambdaApi) -> None:
    first = search(api)
    api.release(first)
    before = api.latest["MemorySize"]
    api.latest["MemorySize"] = 512
    api.release(search(api))
    api.latest["MemorySize"] = before

    assert search(api) == first


def test_a_function_that_can_not_be_looked_at_fails_the_deployment_with_the_reason(api: LambdaApi) -> None:
    api.latest = None  # type: ignore[assignment]
    answer = described(api)
    assert (answer["Status"], answer["Reason"]) == ("FAILED", "NotFound: discovery-prod-search")


def test_nothing_is_looked_at_when_the_stack_goes(api: LambdaApi) -> None:
    api.latest = None  # type: ignore[assignment]
    assert described(api, "Delete")["Status"] == "SUCCESS"
