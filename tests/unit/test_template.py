"""template.yaml, against the code's defaults and the sample events."""

import json
from pathlib import Path
from typing import Any

import pytest

from discovery.settings import PersonalizationSettings, Settings
from tools.cloudformation import load_template
from tools.stack.deployment import Deployment, read_deployment

ROOT = Path(__file__).parents[2]
TEMPLATE = load_template(ROOT / "template.yaml")
EVENTS = {path.stem: json.loads(path.read_text()) for path in (ROOT / "events").glob("*.json")}
HTTP_EVENTS = {name: event for name, event in EVENTS.items() if "routeKey" in event}
VARIANTS = {"control": 0.0, "low_boost": 0.15, "medium_boost": 0.25, "high_boost": 0.40, "aggressive_boost": 0.60}


@pytest.fixture(scope="module")
def deployment() -> Deployment:
    return read_deployment(ROOT / "template.yaml", stage="dev")


@pytest.fixture(scope="module")
def policy(deployment: Deployment) -> dict[str, str]:
    """Value by name below the policy's prefix."""
    return {
        parameter.name.removeprefix("/discovery/dev/personalization/"): parameter.value
        for parameter in deployment.parameters
    }


def test_the_default_weight_is_the_codes_default(policy: dict[str, str]) -> None:
    assert float(policy["boost_weight"]) == PersonalizationSettings().boost_weight


def test_the_variants_have_the_designs_weights(policy: dict[str, str]) -> None:
    variants = {
        name.removeprefix("variants/"): float(value) for name, value in policy.items() if name.startswith("variants/")
    }
    assert variants == VARIANTS


def test_the_policy_starts_enabled_without_experiment_at_generation_one(policy: dict[str, str]) -> None:
    assert (policy["enabled"], policy["experiment"], policy["cache_generation"]) == ("true", "{}", "1")


def test_every_route_has_a_sample_event(deployment: Deployment) -> None:
    assert {route.key for route in deployment.routes} == {event["routeKey"] for event in HTTP_EVENTS.values()}


def test_every_rule_has_a_sample_event(deployment: Deployment) -> None:
    kinds = {(event["source"], event["detail-type"]) for name, event in EVENTS.items() if name not in HTTP_EVENTS}
    assert {(rule.pattern["source"][0], rule.pattern["detail-type"][0]) for rule in deployment.rules} == kinds


@pytest.mark.parametrize("event", HTTP_EVENTS.values(), ids=HTTP_EVENTS)
def test_a_sample_http_event_agrees_with_itself_and_holds_no_token(event: dict[str, Any]) -> None:
    context = event["requestContext"]
    assert context["routeKey"] == event["routeKey"]
    assert context["http"]["path"] == event["rawPath"]
    assert event["headers"].get("authorization", "Bearer PASTE-A-TOKEN") == "Bearer PASTE-A-TOKEN"


def test_the_functions_settings_are_settings_that_exist() -> None:
    variables = TEMPLATE["Globals"]["Function"]["Environment"]["Variables"]
    for name in (name for name in variables if name.startswith("DISCOVERY_") and name != "DISCOVERY_STAGE"):
        section, _, field = name.removeprefix("DISCOVERY_").lower().partition("_")
        assert field in type(Settings.model_fields[section].default).model_fields, name


def test_the_only_parameter_a_function_may_write_is_the_cache_generation() -> None:
    functions = [r for r in TEMPLATE["Resources"].values() if r["Type"] == "AWS::Serverless::Function"]
    statements = [s for f in functions for policy in f["Properties"]["Policies"] for s in policy["Statement"]]
    writing = [s for s in statements if "ssm:PutParameter" in s["Action"]]
    assert [s["Resource"]["Fn::Sub"].rpartition(":")[2] for s in writing] == ["parameter${CacheGeneration}"]
