"""A defect is counted by its name, and by the version that a release is judged by; what others log stays out."""

import json
import logging

import pytest
from moto import mock_aws

from discovery.observability import metrics
from discovery.policy.parameters import read_secret, ssm_client
from tests.conftest import Counted


def test_a_defect_is_counted_by_name_and_by_version(
    counted: Counted, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_VERSION", "42")

    metrics.defect("UnhandledError")
    (line,) = capsys.readouterr().out.splitlines()

    record = json.loads(line)
    (group,) = record["_aws"]["CloudWatchMetrics"]
    assert {name: record[name] for name in group["Dimensions"][0]} == {"version": "42", "service": "tests"}
    assert (record["Defects"], group["Metrics"][0]["Name"]) == ([1.0], "Defects")
    assert counted() == {"UnhandledError": 1}


def test_outside_of_lambda_the_version_is_the_unpublished_one(
    capsys: pytest.CaptureFixture[str], counted: Counted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_LAMBDA_FUNCTION_VERSION", raising=False)
    metrics.defect("ExposureFailed")
    assert json.loads(capsys.readouterr().out)["version"] == "$LATEST"
    assert counted() == {"ExposureFailed": 1}


def test_a_defect_that_can_not_be_recorded_by_version_costs_nobody_their_answer(
    counted: Counted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("POWERTOOLS_METRICS_NAMESPACE")
    metrics.defect("ExposureFailed")
    assert counted() == {"ExposureFailed": 1}


def test_at_debug_no_answer_of_aws_is_logged(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lambda sets the root logger's level; Parameter Store answers the user key and SONA's token."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    caplog.set_level(logging.DEBUG)
    with mock_aws():
        ssm_client().put_parameter(Name="/key", Value="sentinel", Type="SecureString")
        assert read_secret(ssm_client, "/key") == "sentinel"

    assert "sentinel" not in caplog.text
