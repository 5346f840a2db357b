"""Metrics: a defect is counted by its name, and by the version that a release is judged by."""

import json

import pytest

from discovery.observability import metrics
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
