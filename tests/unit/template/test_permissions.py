"""What each function may do: exactly what it needs, each need by name."""

from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

import pytest

from local.cloudformation import Resources
from tests.unit.template.conftest import EDGE, EVERYTHING, YOURS, Stack, of_type

WHOLE = EVERYTHING | EDGE

SSM = "arn:aws:ssm:us-east-1:123456789012:parameter"
FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:discovery-prod"
POLICY = f"{SSM}/discovery/prod/personalization"
LATER = "whatever Lambda makes"
"""A resource that has no name when the permission is written."""


@dataclass(frozen=True)
class Need:
    """Something that a function does, and so has to be allowed to."""

    function: str
    what_for: str
    action: str
    resource: str

    def __str__(self) -> str:
        return f"{self.function} {self.what_for}: {self.action}"


def both(what_for: str, action: str, resource: str) -> Iterator[Need]:
    return (Need(function, what_for, action, resource) for function in ("Search", "Invalidation"))


def every(what_for: str, action: str, resource: str) -> Iterator[Need]:
    return (Need(name, what_for, action, resource) for name in ("Search", "Invalidation", "Deployment"))


NEEDS = [
    *(
        Need(name, "writes its log", action, f"<{name}Logs.Arn>")
        for name in ("Search", "Invalidation", "Deployment")
        for action in ("logs:CreateLogStream", "logs:PutLogEvents")
    ),
    *every("sends traces", "xray:PutTraceSegments", LATER),
    *every("sends traces", "xray:PutTelemetryRecords", LATER),
    *(
        need
        for action in ("Create", "Delete", "Describe")
        for need in both("is put into the VPC", f"ec2:{action}NetworkInterface{'s' * (action == 'Describe')}", LATER)
    ),
    *both("is put into the VPC", "ec2:DescribeSubnets", LATER),
    *both("is put into the VPC", "ec2:AssignPrivateIpAddresses", LATER),
    *both("is put into the VPC", "ec2:UnassignPrivateIpAddresses", LATER),
    *both("reads the policy", "ssm:GetParametersByPath", POLICY),
    *both("reads the policy, asking with a slash", "ssm:GetParametersByPath", f"{POLICY}/"),
    *both("asks for the user key", "ssm:GetParameter", f"{SSM}/aws/reference/secretsmanager/discovery-prod-user-key"),
    *both("reads the user key", "secretsmanager:GetSecretValue", "<UserKey>"),
    Need(
        *("Search", "asks for SONA's token", "ssm:GetParameter"),
        f"{SSM}/aws/reference/secretsmanager/sona/discovery-token",
    ),
    Need(
        *("Search", "reads SONA's token", "secretsmanager:GetSecretValue"),
        "arn:aws:secretsmanager:us-east-1:123456789012:secret:sona/discovery-token-a1B2c3",
    ),
    *both("connects to the cache", "elasticache:Connect", "<Cache.ARN>"),
    *both("connects as the cache's user", "elasticache:Connect", "<CacheUser.Arn>"),
    Need("Search", "reads the pointer to the catalogue", "s3:GetObject", "arn:aws:s3:::films/live/current.json"),
    Need("Search", "reads the catalogue", "s3:GetObject", "arn:aws:s3:::films/live/bundles/1/manifest.json"),
    Need("Invalidation", "raises the generation", "ssm:PutParameter", f"{POLICY}/cache_generation"),
    Need("Invalidation", "hands over failures", "sqs:SendMessage", "<DeadLetters.Arn>"),
    Need("Deployment", "creates parameters", "ssm:PutParameter", f"{POLICY}/variants/high_boost"),
    Need("Deployment", "tags them", "ssm:AddTagsToResource", f"{POLICY}/variants/high_boost"),
    Need("Deployment", "deletes them where asked to", "ssm:DeleteParameters", f"{POLICY}/enabled"),
    *(
        Need("Deployment", f"compares {name} with what is live", "lambda:GetFunctionConfiguration", arn)
        for name in ("search", "invalidation")
        for arn in (f"{FUNCTION}-{name}", f"{FUNCTION}-{name}:live")
    ),
    Need("Deployment", "hashes what the edge sends", "secretsmanager:GetSecretValue", "<OriginSecret>"),
]


def listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def statements(resources: Resources, function: str) -> list[dict[str, Any]]:
    role = resources[f"{function}Role"]["Properties"]
    assert resources[f"{function}Function"]["Properties"]["Role"] == f"<{function}Role.Arn>"
    assert "ManagedPolicyArns" not in role, "their permissions are not listed here"
    return [one for policy in role["Policies"] for one in policy["PolicyDocument"]["Statement"]]


def allows(statement: dict[str, Any], need: Need) -> bool:
    def matches(key: str, value: str) -> bool:
        return any(fnmatchcase(value, pattern) for pattern in listed(statement[key]))

    return statement["Effect"] == "Allow" and matches("Action", need.action) and matches("Resource", need.resource)


@pytest.mark.parametrize("need", NEEDS, ids=str)
def test_a_function_may_do_what_it_has_to(need: Need, stack: Stack) -> None:
    assert any(allows(statement, need) for statement in statements(stack(**WHOLE), need.function))


@pytest.mark.parametrize("function", ["Search", "Invalidation", "Deployment"])
def test_a_function_may_do_nothing_else(function: str, stack: Stack) -> None:
    """Each action and each resource of a statement is there for one of the needs above."""
    needs = [need for need in NEEDS if need.function == function]
    for statement in statements(stack(**WHOLE), function):
        if statement["Effect"] == "Allow":
            for action in listed(statement["Action"]):
                for resource in listed(statement["Resource"]):
                    part = statement | {"Action": action, "Resource": resource}
                    assert any(allows(part, need) for need in needs), (statement["Sid"], action, resource)


@pytest.mark.parametrize("function", ["Search", "Invalidation", "Deployment"])
def test_without_any_one_statement_a_need_is_not_met(function: str, stack: Stack) -> None:
    allowing = [one for one in statements(stack(**WHOLE), function) if one["Effect"] == "Allow"]
    for missing in allowing:
        rest = [one for one in allowing if one is not missing]
        unmet = [need for need in NEEDS if need.function == function and not any(allows(one, need) for one in rest)]
        assert unmet, f"{missing['Sid']} could go and nobody would notice"


def test_the_functions_that_are_compared_are_those_that_are_made(stack: Stack) -> None:
    """Their ARNs are written out, since the functions wait for what the deployment function reads."""
    names = {stack()[f"{name}Function"]["Properties"]["FunctionName"] for name in ("Search", "Invalidation")}
    assert names == {"discovery-prod-search", "discovery-prod-invalidation"}


def test_only_what_knows_no_resources_is_allowed_on_all(stack: Stack) -> None:
    resources = stack(**WHOLE)
    on_all = {
        statement["Sid"]
        for function in ("Search", "Invalidation", "Deployment")
        for statement in statements(resources, function)
        if "*" in listed(statement["Resource"])
    }
    assert on_all == {"SendTraces", "JoinTheNetwork", "LeaveTheNetworkToLambda"}


def test_no_action_is_a_pattern(stack: Stack) -> None:
    for function in ("Search", "Invalidation", "Deployment"):
        for statement in statements(stack(**WHOLE), function):
            assert not [action for action in listed(statement["Action"]) if "*" in action], statement["Sid"]


@pytest.mark.parametrize("function", ["Search", "Invalidation"])
def test_the_code_itself_may_not_do_what_lambda_does_to_put_it_into_the_vpc(function: str, stack: Stack) -> None:
    by_sid = {one["Sid"]: one for one in statements(stack(), function)}
    denied = by_sid["LeaveTheNetworkToLambda"]
    name = stack()[f"{function}Function"]["Properties"]["FunctionName"]

    assert denied["Effect"] == "Deny"
    assert denied["Action"] == by_sid["JoinTheNetwork"]["Action"]
    arn = f"arn:aws:lambda:us-east-1:123456789012:function:{name}"
    assert denied["Condition"] == {"ArnEquals": {"lambda:SourceFunctionArn": arn}}


def test_what_a_deployment_does_not_have_is_not_allowed(stack: Stack) -> None:
    """Neither a cache of ours, nor a catalogue in S3, nor parameters that go with the stack."""
    resources = stack(**YOURS)
    sids = {one["Sid"] for name in ("Search", "Invalidation", "Deployment") for one in statements(resources, name)}
    assert not sids & {"ConnectToTheCache", "ReadTheCatalogue", "DeleteParameters", "HashTheOriginSecret"}


@pytest.mark.parametrize("function", ["Search", "Invalidation", "Deployment"])
def test_only_lambda_takes_a_functions_role(function: str, stack: Stack) -> None:
    (statement,) = stack()[f"{function}Role"]["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Principal"] == {"Service": "lambda.amazonaws.com"}


def test_the_only_roles_are_those_of_functions_releases_and_flow_logs(stack: Stack) -> None:
    roles = {name for name, _ in of_type(stack(**WHOLE, FlowLogs="all"), "AWS::IAM::Role")}
    assert roles == {"SearchRole", "InvalidationRole", "DeploymentRole", "CodeDeployServiceRole", "FlowLogRole"}


def test_the_dead_letter_queue_takes_letters_of_our_two_rules_alone(stack: Stack) -> None:
    resources = stack()
    allowing, denying = resources["DeadLettersPolicy"]["Properties"]["PolicyDocument"]["Statement"]
    rules = {f"<{name}.Arn>" for name, _ in of_type(resources, "AWS::Events::Rule")}

    assert allowing["Principal"] == {"Service": "events.amazonaws.com"}
    assert set(allowing["Condition"]["ArnEquals"]["aws:SourceArn"]) == rules
    assert (allowing["Action"], allowing["Resource"]) == ("sqs:SendMessage", "<DeadLetters.Arn>")
    assert (denying["Effect"], denying["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})


SONA_ROLE = "arn:aws:iam::123456789012:role/sona"


@pytest.mark.parametrize(
    ("values", "principal", "others"),
    [
        (
            {"SonaAccountId": "210987654321"},
            "arn:aws:iam::210987654321:root",
            {"StringNotEquals": {"aws:PrincipalAccount": "210987654321"}},
        ),
        ({"SonaPrincipalArn": SONA_ROLE}, SONA_ROLE, {"ArnNotEquals": {"aws:PrincipalArn": SONA_ROLE}}),
        (
            {"SonaPrincipalArn": SONA_ROLE, "SonaAccountId": "123456789012"},
            *(SONA_ROLE, {"ArnNotEquals": {"aws:PrincipalArn": SONA_ROLE}}),
        ),
    ],
    ids=["an account", "a role", "both"],
)
def test_only_sona_may_send_its_one_kind_of_event(
    values: dict[str, str], principal: str, others: dict[str, Any], stack: Stack
) -> None:
    """Identities of this account need no admission to its bus, so they have to be denied."""
    resources = stack(**values)
    allowed, denied = (resources[name]["Properties"]["Statement"] for name in ("SonaBusPolicy", "SonaBusDenial"))

    assert (allowed["Effect"], allowed["Principal"]) == ("Allow", {"AWS": principal})
    assert allowed["Condition"] == {
        "StringEquals": {"events:source": "sona", "events:detail-type": "UserPreferencesUpdated"}
    }
    assert (denied["Effect"], denied["Principal"], denied["Condition"]) == ("Deny", "*", others)
    for statement in (allowed, denied):
        assert (statement["Action"], statement["Resource"]) == ("events:PutEvents", "<SonaBus.Arn>")


def test_flow_logs_are_written_by_ec2_for_this_account_into_their_group_alone(stack: Stack) -> None:
    role = stack(FlowLogs="all")["FlowLogRole"]["Properties"]
    (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
    (permission,) = role["Policies"][0]["PolicyDocument"]["Statement"]
    assert trust["Principal"] == {"Service": "vpc-flow-logs.amazonaws.com"}
    assert trust["Condition"]["StringEquals"] == {"aws:SourceAccount": "123456789012"}
    assert permission["Resource"] == "<VpcFlows.Arn>"


def test_the_catalogue_bucket_is_private_and_takes_tls_alone(stack: Stack) -> None:
    resources = stack(**WHOLE)
    bucket = resources["CatalogueBucket"]["Properties"]
    (statement,) = resources["CatalogueBucketPolicy"]["Properties"]["PolicyDocument"]["Statement"]

    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert resources["CatalogueBucket"]["DeletionPolicy"] == "Retain"
    assert (statement["Effect"], statement["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})
    assert statement["Resource"] == ["<CatalogueBucket.Arn>", "<CatalogueBucket.Arn>/*"]
