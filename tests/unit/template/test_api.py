"""Routes, limits, and what is said of a request in the access log."""

import json
from typing import Any

import pytest

from local.cloudformation import deployed, transformed
from local.stack.deployment import Deployment, read_deployment
from tests.unit.template.conftest import EVERYTHING, REQUIRED, ROOT, Stack, of_type

EVENTS = {path.stem: json.loads(path.read_text()) for path in (ROOT / "events").glob("*.json")}
HTTP_EVENTS = {name: event for name, event in EVENTS.items() if "routeKey" in event}
UNDESCRIBED = {"GET /openapi.json", "GET /docs", "$default"}
"""The description itself, the page that shows it, and what answers every other path."""


@pytest.fixture(scope="module")
def deployment() -> Deployment:
    return read_deployment(ROOT / "template.yaml", stage="dev")


def test_the_apis_routes_are_the_described_ones(deployment: Deployment) -> None:
    paths = json.loads((ROOT / "functions" / "search" / "openapi.json").read_text())["paths"]
    described = {f"{method.upper()} {path}" for path, operations in paths.items() for method in operations}
    assert {route.key for route in deployment.routes} == described | UNDESCRIBED


def test_every_route_has_a_sample_event(deployment: Deployment) -> None:
    assert {route.key for route in deployment.routes} == {event["routeKey"] for event in HTTP_EVENTS.values()}


@pytest.mark.parametrize("event", HTTP_EVENTS.values(), ids=HTTP_EVENTS)
def test_a_sample_http_event_agrees_with_itself_and_holds_no_token(event: dict[str, Any]) -> None:
    context = event["requestContext"]
    assert context["routeKey"] == event["routeKey"]
    assert context["http"]["path"] == event["rawPath"]
    assert event["headers"].get("authorization", "Bearer PASTE-A-TOKEN") == "Bearer PASTE-A-TOKEN"


def test_every_route_calls_the_live_version_and_may(stack: Stack, deployment: Deployment) -> None:
    resources = stack()
    paths = resources["Api"]["Properties"]["Body"]["paths"]
    called = {
        operation["x-amazon-apigateway-integration"]["uri"].split("functions/")[1]
        for operations in paths.values()
        for operation in operations.values()
    }
    assert called == {
        f"<{name}FunctionAliaslive>/invocations" for name in ("Search", "Invalidation", "Events", "Experiments")
    }

    permissions = [one for _, one in of_type(resources, "AWS::Lambda::Permission")]
    by_api = [one for one in permissions if one["Principal"] == "apigateway.amazonaws.com"]
    assert {one["FunctionName"] for one in permissions} == {f"<{name}>" for name in resources if "Alias" in name}
    assert all(one["SourceArn"].startswith("arn:aws:execute-api:us-east-1:123456789012:<Api>/*/") for one in by_api)
    assert len(by_api) == len(deployment.routes)


def test_what_is_costly_is_limited_more_than_the_rest(stack: Stack) -> None:
    settings = stack(CostlyRateLimit="3", CostlyBurstLimit="4")["ApiApiGatewayDefaultStage"]["Properties"]

    assert settings["DefaultRouteSettings"] == {"ThrottlingRateLimit": "1000", "ThrottlingBurstLimit": "2000"}
    limited = {"ThrottlingRateLimit": "3", "ThrottlingBurstLimit": "4"}
    assert settings["RouteSettings"] == {
        "GET /v1/search/preview": limited,
        "DELETE /v1/users/{user_id}/personalization-cache": limited,
        "DELETE /v1/personalization-cache": limited,
        "GET /v1/experiments/{name}/results": limited,
    }


def test_the_access_log_is_json_and_says_nothing_about_people(stack: Stack) -> None:
    line = json.loads(stack()["ApiApiGatewayDefaultStage"]["Properties"]["AccessLogSettings"]["Format"])

    assert {"requestId", "routeKey", "status", "latency", "integrationLatency", "integrationError"} <= line.keys()
    told = " ".join(line.values())
    # The path of an invalidation holds a user id; a raw path is not logged, the route is.
    for personal in ("sourceIp", "userAgent", "queryString", "path", "authorizer", "identity"):
        assert personal not in told


def test_without_origins_no_browser_is_let_in(stack: Stack) -> None:
    assert "x-amazon-apigateway-cors" not in stack()["Api"]["Properties"]["Body"]


def test_the_origins_that_are_named_may_call_from_a_browser() -> None:
    """With their values, since SAM's transform looks into them here."""
    values = REQUIRED | {"AllowedOrigins": "https://tv.example.com,https://example.com"}
    body = deployed(transformed(ROOT / "template.yaml", values), values)["Api"]["Properties"]["Body"]

    assert body["x-amazon-apigateway-cors"] == {
        "allowOrigins": ["https://tv.example.com", "https://example.com"],
        "allowMethods": ["GET", "POST", "DELETE"],
        "allowHeaders": ["authorization", "content-type"],
        "exposeHeaders": ["retry-after"],
        "maxAge": 3600,
    }


def test_a_warning_of_the_import_is_no_error(stack: Stack) -> None:
    """There always is one: SAM's server has no URL."""
    assert not stack()["Api"]["Properties"].get("FailOnWarnings")


def test_with_a_domain_the_api_has_no_other_address(stack: Stack) -> None:
    def properties(name: str, **values: str) -> dict[str, Any]:
        found: dict[str, Any] = stack(**values)[name]["Properties"]
        return found

    (anybodys,), (domains,) = (properties("Api", **values)["Body"]["servers"] for values in ({}, EVERYTHING))
    assert anybodys == {"x-amazon-apigateway-endpoint-configuration": {"disableExecuteApiEndpoint": False}}
    assert domains == {"x-amazon-apigateway-endpoint-configuration": {"disableExecuteApiEndpoint": True}}
    (configuration,) = properties("ApiDomain", **EVERYTHING)["DomainNameConfigurations"]
    assert configuration["SecurityPolicy"] == "TLS_1_2"
    assert properties("ApiDomainMapping", **EVERYTHING)["Stage"] == "<ApiApiGatewayDefaultStage>"
