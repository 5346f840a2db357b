"""The edge: what CloudFront lets in, keeps and passes on, and that the functions answer nobody else."""

import json
from typing import Any

import pytest

from discovery.api.origin import ORIGIN_HEADER
from discovery.api.responses import GatewayMessage
from discovery.settings.access import OriginSettings
from functions.search.app import OPENAPI_FILE
from local.cloudformation import deployed, load_template
from search_routes.kept import CACHE_CONTROL
from tests.unit.template.conftest import EDGE, EVERYTHING, ROOT, Stack, of_type, variables

CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
CACHING_OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6"
ALL_VIEWER_EXCEPT_HOST_HEADER = "b689b0a8-53d0-40ab-baf2-68738e2966ac"
"""AWS's managed policies: "Use managed cache policies", "Use managed origin request policies"."""
SETTING = "DISCOVERY_ORIGIN_SECRET_SHA256"
BOTH = ("SearchFunction", "InvalidationFunction")


def distribution(stack: Stack, **values: str) -> dict[str, Any]:
    found: dict[str, Any] = stack(**EDGE, **values)["Edge"]["Properties"]["DistributionConfig"]
    return found


@pytest.fixture(scope="module")
def firewall() -> dict[str, Any]:
    """The resources of the template that makes the firewall."""
    return deployed(load_template(ROOT / "edge.yaml"), {"Stage": "prod"})


def test_there_is_no_edge_unless_asked_for(stack: Stack) -> None:
    resources = stack(**EVERYTHING)
    assert not [one for one in resources.values() if one["Type"].startswith("AWS::CloudFront")]
    assert not resources.keys() & {"OriginSecret", "OriginSecretHash", "SuggestCachePolicy"}
    assert {variables(resources, name)[SETTING] for name in BOTH} == {""}


def test_functions_answer_only_the_edge_once_it_is_required(stack: Stack) -> None:
    """While it is optional, clients can be moved from one address to the other."""
    required, optional = stack(**EDGE), stack(**EDGE | {"EdgeProtection": "optional"})
    assert {variables(required, name)[SETTING] for name in BOTH} == {"<OriginSecretHash.Sha256>"}
    assert {variables(optional, name)[SETTING] for name in BOTH} == {""}
    assert "Edge" in optional
    assert OriginSettings(secret_sha256="").digests == []


def test_the_edge_sends_the_secret_that_is_hashed_for_the_functions(stack: Stack) -> None:
    (origin,) = distribution(stack)["Origins"]
    (header,) = origin["OriginCustomHeaders"]
    assert header["HeaderName"] == ORIGIN_HEADER
    assert header["HeaderValue"] == "{{resolve:secretsmanager:<OriginSecret>:SecretString}}"
    assert stack(**EDGE)["OriginSecretHash"]["Properties"]["Secret"] == "<OriginSecret>"
    secret = stack(**EDGE)["OriginSecret"]["Properties"]["GenerateSecretString"]
    assert secret == {"PasswordLength": 64, "ExcludePunctuation": True}


def test_the_secret_itself_is_in_no_functions_environment(stack: Stack) -> None:
    for name in BOTH:
        assert not [value for value in variables(stack(**EDGE), name).values() if "resolve:" in str(value)]


def test_a_rotation_updates_the_hashes_and_the_distribution(stack: Stack) -> None:
    before, after = stack(**EDGE), stack(**EDGE, EdgeSecretRotation="2")
    for name in ("OriginSecretHash", "Edge"):
        assert before[name] != after[name], name


def test_the_edge_speaks_tls_to_both_sides(stack: Stack) -> None:
    config = distribution(stack, **EVERYTHING)
    (origin,) = config["Origins"]
    assert origin["DomainName"] == "<Api>.execute-api.us-east-1.amazonaws.com"
    assert origin["CustomOriginConfig"] == {"OriginProtocolPolicy": "https-only", "OriginSSLProtocols": ["TLSv1.2"]}
    assert {one["ViewerProtocolPolicy"] for one in [config["DefaultCacheBehavior"], *config["CacheBehaviors"]]} == {
        "https-only"
    }
    assert config["ViewerCertificate"]["MinimumProtocolVersion"] == "TLSv1.2_2021"
    assert config["ViewerCertificate"]["AcmCertificateArn"] == EDGE["EdgeCertificateArn"]
    assert config["Aliases"] == ["search.example.com"]


def test_without_a_domain_the_edge_has_cloudfronts_name(stack: Stack) -> None:
    config = distribution(stack)
    assert config["ViewerCertificate"] == {"CloudFrontDefaultCertificate": True}
    assert "Aliases" not in config


def test_the_apis_own_name_stays_for_the_edge_which_needs_it(stack: Stack) -> None:
    for values, closed in ((EVERYTHING, True), (EVERYTHING | EDGE, False)):
        (server,) = stack(**values)["Api"]["Properties"]["Body"]["servers"]
        assert server["x-amazon-apigateway-endpoint-configuration"] == {"disableExecuteApiEndpoint": closed}


def test_nothing_about_a_person_is_cached(stack: Stack) -> None:
    config = distribution(stack)
    default = config["DefaultCacheBehavior"]
    assert default["CachePolicyId"] == CACHING_DISABLED
    assert default["OriginRequestPolicyId"] == ALL_VIEWER_EXCEPT_HOST_HEADER
    assert {"GET", "POST", "DELETE", "OPTIONS"} <= set(default["AllowedMethods"])
    cached = {one["PathPattern"]: one for one in config["CacheBehaviors"]}
    assert {path: one["CachePolicyId"] for path, one in cached.items()} == {
        "/docs": CACHING_OPTIMIZED,
        "/openapi.json": CACHING_OPTIMIZED,
        "/v1/suggest": "<SuggestCachePolicy>",
    }
    assert not [one for one in cached.values() if "OriginRequestPolicyId" in one], "no token, no other parameters"


def test_suggestions_are_kept_by_what_they_depend_on_and_no_longer_than_they_say(stack: Stack) -> None:
    policy = stack(**EDGE)["SuggestCachePolicy"]["Properties"]["CachePolicyConfig"]
    key = policy["ParametersInCacheKeyAndForwardedToOrigin"]
    parameters = json.loads(OPENAPI_FILE.read_text())["paths"]["/v1/suggest"]["get"]["parameters"]
    assert set(key["QueryStringsConfig"]["QueryStrings"]) == {one["name"] for one in parameters}
    assert key["CookiesConfig"] == {"CookieBehavior": "none"}
    assert "authorization" not in [name.lower() for name in key["HeadersConfig"]["Headers"]]
    assert "host" not in [name.lower() for name in key["HeadersConfig"]["Headers"]], "API Gateway knows its own alone"
    assert (policy["MinTTL"], policy["DefaultTTL"]) == (0, 0)
    assert f"max-age={policy['MaxTTL']}" in CACHE_CONTROL


def test_no_error_of_one_person_is_given_to_another(stack: Stack) -> None:
    """CloudFront keeps errors for ten seconds whatever the cache policy says, by the path alone."""
    kept = {one["ErrorCode"]: one["ErrorCachingMinTTL"] for one in distribution(stack)["CustomErrorResponses"]}
    assert set(kept.values()) == {0}
    assert kept.keys() == {400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504}


def test_the_edge_has_the_firewall(stack: Stack) -> None:
    assert distribution(stack)["WebACLId"] == EDGE["EdgeWebAclArn"]


def test_the_firewall_is_cloudfronts_and_limits_each_address(firewall: dict[str, Any]) -> None:
    acl = firewall["WebAcl"]["Properties"]
    first = min(acl["Rules"], key=lambda rule: int(rule["Priority"]))
    assert acl["Scope"] == "CLOUDFRONT"
    assert first["Statement"]["RateBasedStatement"] == {
        "AggregateKeyType": "IP",
        "EvaluationWindowSec": 300,
        "Limit": "2000",
    }
    assert first["Action"]["Block"]["CustomResponse"]["ResponseCode"] == 429
    body = acl["CustomResponseBodies"][first["Action"]["Block"]["CustomResponse"]["CustomResponseBodyKey"]]
    assert GatewayMessage.model_validate_json(body["Content"]).message == "Too Many Requests"


def test_the_firewall_has_awss_rules_in_force(firewall: dict[str, Any]) -> None:
    rules = [rule for rule in firewall["WebAcl"]["Properties"]["Rules"] if "OverrideAction" in rule]
    assert {rule["Statement"]["ManagedRuleGroupStatement"]["Name"] for rule in rules} == {
        "AWSManagedRulesCommonRuleSet",
        "AWSManagedRulesKnownBadInputsRuleSet",
        "AWSManagedRulesAmazonIpReputationList",
    }
    assert [rule["OverrideAction"] for rule in rules] == [{"None": {}}] * 3, "none only counts"


def test_the_firewall_keeps_nothing_of_what_people_ask(firewall: dict[str, Any]) -> None:
    acl, logging = firewall["WebAcl"]["Properties"], firewall["Logging"]["Properties"]
    shown = [acl["VisibilityConfig"], *(rule["VisibilityConfig"] for rule in acl["Rules"])]
    assert {one["SampledRequestsEnabled"] for one in shown} == {False}
    assert logging["LoggingFilter"]["DefaultBehavior"] == "DROP"
    assert logging["RedactedFields"] == [
        {"QueryString": {}},
        {"UriPath": {}},
        {"SingleHeader": {"Name": "authorization"}},
        {"SingleHeader": {"Name": "cookie"}},
    ]
    ((_, group),) = of_type(firewall, "AWS::Logs::LogGroup")
    assert group["LogGroupName"].startswith("aws-waf-logs-")
