"""The function that creates the policy's parameters, against a real SSM API and a server that takes its answers."""

import importlib.util
import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import boto3
import pytest
from mypy_boto3_ssm import SSMClient

from local.stack.processes import HOST

APP = Path(__file__).parents[3] / "functions" / "deployment" / "app.py"
DEFAULTS = {"boost_weight": "0.20", "variants/high_boost": "0.40"}

Send = Callable[..., dict[str, Any]]


class AnswerServer(HTTPServer):
    """Stands for the presigned URL at which CloudFormation waits."""

    answers: list[dict[str, Any]]


class Answer(BaseHTTPRequestHandler):
    server: AnswerServer

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        assert self.headers["Content-Type"] == "", "the signature of the real URL would not fit"
        self.server.answers.append(json.loads(body))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Be quiet."""


@pytest.fixture
def answers() -> Iterator[AnswerServer]:
    with AnswerServer((HOST, 0), Answer) as server:
        server.answers = []
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def ssm(aws: pytest.MonkeyPatch) -> Iterator[SSMClient]:
    client: SSMClient = boto3.client("ssm")
    yield client
    client.close()


@pytest.fixture
def send(aws: pytest.MonkeyPatch, answers: AnswerServer, stage: str) -> Send:
    """Have the function carry out a request about the parameters of this test's stage; returns its answer."""
    spec = importlib.util.spec_from_file_location("deployment_app", APP)
    assert spec is not None
    assert spec.loader is not None
    app = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(app)

    def send_request(request: str, defaults: dict[str, str], **changed: Any) -> dict[str, Any]:
        properties = {
            "ServiceToken": "arn:aws:lambda:us-east-1:123456789012:function:discovery-deployment",
            "Prefix": f"/discovery/{stage}/personalization/",
            "Stage": stage,
            "DeleteParameters": "false",
            "Parameters": [
                {"Name": name, "Value": value, "Description": "of a test"} for name, value in defaults.items()
            ],
        }
        event = {
            "RequestType": request,
            "ResponseURL": f"http://{HOST}:{answers.server_port}/answer?signature=1",
            "StackId": "arn:aws:cloudformation:us-east-1:123456789012:stack/discovery/1",
            "RequestId": "4711",
            "ResourceType": "Custom::PolicyParameters",
            "LogicalResourceId": "Policy",
            "ResourceProperties": properties | changed,
        }
        app.lambda_handler(event, None)
        (answer,) = answers.answers
        answers.answers.clear()
        return answer

    return send_request


@pytest.fixture
def stored(ssm: SSMClient, stage: str) -> Callable[[], dict[str, str]]:
    prefix = f"/discovery/{stage}/personalization/"

    def read() -> dict[str, str]:
        found = ssm.get_parameters_by_path(Path=prefix, Recursive=True)["Parameters"]
        return {one["Name"].removeprefix(prefix): one["Value"] for one in found}

    return read


def test_what_does_not_exist_is_created_with_description_and_tags(
    send: Send, stored: Callable[[], dict[str, str]], ssm: SSMClient, stage: str
) -> None:
    answer = send("Create", DEFAULTS)

    assert answer == {
        "Status": "SUCCESS",
        "PhysicalResourceId": f"/discovery/{stage}/personalization/",
        "StackId": "arn:aws:cloudformation:us-east-1:123456789012:stack/discovery/1",
        "RequestId": "4711",
        "LogicalResourceId": "Policy",
        "Data": {"Created": "2"},
    }
    assert stored() == DEFAULTS
    name = f"/discovery/{stage}/personalization/boost_weight"
    tags = ssm.list_tags_for_resource(ResourceType="Parameter", ResourceId=name)["TagList"]
    assert {tag["Key"]: tag["Value"] for tag in tags} == {"service": "discovery", "stage": stage}


@pytest.mark.parametrize("request_type", ["Create", "Update"])
def test_an_operators_value_stays_whatever_a_later_deployment_says(
    request_type: str, send: Send, stored: Callable[[], dict[str, str]], ssm: SSMClient, stage: str
) -> None:
    send("Create", DEFAULTS)
    name = f"/discovery/{stage}/personalization/boost_weight"
    ssm.put_parameter(Name=name, Value="0.6", Type="String", Overwrite=True)

    answer = send(request_type, DEFAULTS | {"boost_weight": "0.3", "variants/new": "0.5"})

    assert answer["Data"] == {"Created": "1"}
    assert stored() == {"boost_weight": "0.6", "variants/high_boost": "0.40", "variants/new": "0.5"}
    assert ssm.get_parameter(Name=name)["Parameter"]["Version"] == 2


def test_deleting_the_stack_leaves_the_parameters(send: Send, stored: Callable[[], dict[str, str]]) -> None:
    send("Create", DEFAULTS)

    assert send("Delete", DEFAULTS)["Status"] == "SUCCESS"
    assert stored() == DEFAULTS


def test_they_go_with_the_stack_where_that_is_asked_for(send: Send, stored: Callable[[], dict[str, str]]) -> None:
    many = DEFAULTS | {f"variants/v{number}": "0.1" for number in range(11)}
    send("Create", many)

    answer = send("Delete", many | {"never_created": "1"}, DeleteParameters="true")

    assert answer["Data"] == {"Deleted": "13"}
    assert stored() == {}


def test_another_prefix_is_another_resource(send: Send, stage: str) -> None:
    first = send("Create", DEFAULTS)
    second = send("Update", DEFAULTS, Prefix=f"/discovery/{stage}-b/personalization/")

    assert first["PhysicalResourceId"] != second["PhysicalResourceId"]


def test_a_failure_is_answered_with_its_reason(send: Send) -> None:
    """Without an answer CloudFormation would wait for two minutes and could not say why."""
    answer = send("Create", DEFAULTS, Parameters=[{"Name": "enabled", "Value": None, "Description": "no value"}])

    assert answer["Status"] == "FAILED"
    assert answer["Reason"].startswith("ParamValidationError: ")


def test_a_request_that_makes_no_sense_is_answered_too(send: Send) -> None:
    answer = send("Delete", {}, Parameters=None)

    assert answer["Status"] == "FAILED"
    assert "NoneType" in answer["Reason"]
