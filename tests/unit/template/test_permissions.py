"""What each function may do: exactly what it needs, each need by name."""

from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

import pytest

from local.cloudformation import Resources
from tests.unit.template.conftest import EDGE, EVERYTHING, OWN_SONA, YOURS, Stack, of_type

WHOLE = EVERYTHING | EDGE
FUNCTIONS = {**dict.fromkeys(("Search", "Invalidation", "Events", "ProfileEvents", "Experiments", "Deployment"), WHOLE)}
FUNCTIONS |= dict.fromkeys(("Sona", "SonaChanges"), OWN_SONA)
"""The parameters with which each may do most."""

SSM = "arn:aws:ssm:us-east-1:123456789012:parameter"
FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:discovery-prod"
POLICY = f"{SSM}/discovery/prod/personalization"
IN_THE_VPC = ("Search", "Invalidation", "Events", "ProfileEvents")
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


def all_three(what_for: str, action: str, resource: str) -> Iterator[Need]:
    return (Need(function, what_for, action, resource) for function in ("Search", "Invalidation", "Experiments"))


def in_the_vpc(action: str) -> Iterator[Need]:
    return (Need(function, "is put into the VPC", action, LATER) for function in IN_THE_VPC)


def every(what_for: str, action: str, resource: str) -> Iterator[Need]:
    return (Need(name, what_for, action, resource) for name in FUNCTIONS)


NEEDS = [
    *(
        Need(name, "writes its log", action, f"<{name}Logs.Arn>")
        for name in FUNCTIONS
        for action in ("logs:CreateLogStream", "logs:PutLogEvents")
    ),
    *every("sends traces", "xray:PutTraceSegments", LATER),
    *every("sends traces", "xray:PutTelemetryRecords", LATER),
    *(
        need
        for action in ("Create", "Delete", "Describe")
        for need in in_the_vpc(f"ec2:{action}NetworkInterface{'s' * (action == 'Describe')}")
    ),
    *in_the_vpc("ec2:DescribeSubnets"),
    *in_the_vpc("ec2:AssignPrivateIpAddresses"),
    *in_the_vpc("ec2:UnassignPrivateIpAddresses"),
    *all_three("reads the policy", "ssm:GetParametersByPath", POLICY),
    *all_three("reads the policy, asking with a slash", "ssm:GetParametersByPath", f"{POLICY}/"),
    *(
        need
        for name in ("Search", "Invalidation", "Events")
        for need in (
            Need(
                *(name, "asks for the user key", "ssm:GetParameter"),
                f"{SSM}/aws/reference/secretsmanager/discovery-prod-user-key",
            ),
            Need(name, "reads the user key", "secretsmanager:GetSecretValue", "<UserKey>"),
            Need(name, "connects to the cache", "elasticache:Connect", "<Cache.ARN>"),
            Need(name, "connects as the cache's user", "elasticache:Connect", "<CacheUser.Arn>"),
        )
    ),
    *(
        need
        for name in ("Search", "ProfileEvents")
        for need in (
            Need(
                *(name, "asks for SONA's token", "ssm:GetParameter"),
                f"{SSM}/aws/reference/secretsmanager/sona/discovery-token",
            ),
            Need(
                *(name, "reads SONA's token", "secretsmanager:GetSecretValue"),
                "arn:aws:secretsmanager:us-east-1:123456789012:secret:sona/discovery-token-a1B2c3",
            ),
        )
    ),
    *(
        Need(name, "reads the catalogue and its pointer", "s3:GetObject", f"arn:aws:s3:::films/live/{key}")
        for name in ("Search", "Events")
        for key in ("current.json", "bundles/1/manifest.json")
    ),
    Need("Experiments", "lists the lake", "s3:ListBucket", "arn:aws:s3:::<Lake>"),
    Need("Experiments", "reads the lake", "s3:GetObject", "arn:aws:s3:::<Lake>/outcomes/day=2026-05-15/1.gz"),
    Need("Experiments", "keeps analyses", "s3:PutObject", "arn:aws:s3:::<Lake>/analyses/spring.json"),
    Need("Experiments", "hands over failures", "sqs:SendMessage", "<DeadLetters.Arn>"),
    Need("Events", "keeps outcomes", "firehose:PutRecord", "<OutcomeStream.Arn>"),
    Need("Events", "tells profiles", "sqs:SendMessage", "<ProfileQueue.Arn>"),
    *(
        Need("ProfileEvents", "has its queue read", f"sqs:{action}", "<ProfileQueue.Arn>")
        for action in ("ReceiveMessage", "DeleteMessage", "GetQueueAttributes")
    ),
    Need("Invalidation", "raises the generation", "ssm:PutParameter", f"{POLICY}/cache_generation"),
    Need("Invalidation", "hands over failures", "sqs:SendMessage", "<DeadLetters.Arn>"),
    Need("Deployment", "creates parameters", "ssm:PutParameter", f"{POLICY}/variants/high_boost"),
    Need("Deployment", "tags them", "ssm:AddTagsToResource", f"{POLICY}/variants/high_boost"),
    Need("Deployment", "deletes them where asked to", "ssm:DeleteParameters", f"{POLICY}/enabled"),
    *(
        Need("Deployment", f"compares {name} with what is live", "lambda:GetFunctionConfiguration", arn)
        for name in ("search", "invalidation", "events", "experiments")
        for arn in (f"{FUNCTION}-{name}", f"{FUNCTION}-{name}:live")
    ),
    Need("Deployment", "hashes what the edge sends", "secretsmanager:GetSecretValue", "<OriginSecret>"),
    Need("Sona", "reads a person", "dynamodb:GetItem", "<SonaTable.Arn>"),
    Need("Sona", "keeps a person", "dynamodb:PutItem", "<SonaTable.Arn>"),
    Need("Sona", "forgets a person", "dynamodb:DeleteItem", "<SonaTable.Arn>"),
    Need("Sona", "reads the pointer to the model", "s3:GetObject", "arn:aws:s3:::films/sona/current.json"),
    *(
        Need(
            "Sona",
            f"asks for the {name}",
            "ssm:GetParameter",
            f"{SSM}/aws/reference/secretsmanager/discovery-prod-{name}",
        )
        for name in ("user-key", "sona-token")
    ),
    *(Need("Sona", "reads it", "secretsmanager:GetSecretValue", secret) for secret in ("<UserKey>", "<SonaToken>")),
    *(
        Need("SonaChanges", "has its stream read", f"dynamodb:{action}", "<SonaTable.StreamArn>")
        for action in ("DescribeStream", "GetRecords", "GetShardIterator")
    ),
    Need("SonaChanges", "has its stream found", "dynamodb:ListStreams", "<SonaTable.Arn>/stream/2026"),
    Need("SonaChanges", "announces", "events:PutEvents", "<SonaBus.Arn>"),
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
    assert any(allows(one, need) for one in statements(stack(**FUNCTIONS[need.function]), need.function))


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_may_do_nothing_else(function: str, stack: Stack) -> None:
    """Each action and each resource of a statement is there for one of the needs above."""
    needs = [need for need in NEEDS if need.function == function]
    for statement in statements(stack(**FUNCTIONS[function]), function):
        if statement["Effect"] == "Allow":
            for action in listed(statement["Action"]):
                for resource in listed(statement["Resource"]):
                    part = statement | {"Action": action, "Resource": resource}
                    assert any(allows(part, need) for need in needs), (statement["Sid"], action, resource)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_without_any_one_statement_a_need_is_not_met(function: str, stack: Stack) -> None:
    allowing = [one for one in statements(stack(**FUNCTIONS[function]), function) if one["Effect"] == "Allow"]
    for missing in allowing:
        rest = [one for one in allowing if one is not missing]
        unmet = [need for need in NEEDS if need.function == function and not any(allows(one, need) for one in rest)]
        assert unmet, f"{missing['Sid']} could go and nobody would notice"


def test_the_functions_that_are_compared_are_those_that_are_made(stack: Stack) -> None:
    """Their ARNs are written out, since the functions wait for what the deployment function reads."""
    compared = ("Search", "Invalidation", "Events")
    names = {stack()[f"{name}Function"]["Properties"]["FunctionName"] for name in compared}
    assert names == {"discovery-prod-search", "discovery-prod-invalidation", "discovery-prod-events"}


def test_only_what_knows_no_resources_is_allowed_on_all(stack: Stack) -> None:
    on_all = {
        statement["Sid"]
        for function, values in FUNCTIONS.items()
        for statement in statements(stack(**values), function)
        if "*" in listed(statement["Resource"])
    }
    assert on_all == {"SendTraces", "JoinTheNetwork", "LeaveTheNetworkToLambda"}


def test_no_action_is_a_pattern(stack: Stack) -> None:
    for function in FUNCTIONS:
        for statement in statements(stack(**FUNCTIONS[function]), function):
            assert not [action for action in listed(statement["Action"]) if "*" in action], statement["Sid"]


@pytest.mark.parametrize("function", IN_THE_VPC)
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


@pytest.mark.parametrize("function", FUNCTIONS)
def test_only_lambda_takes_a_functions_role(function: str, stack: Stack) -> None:
    (statement,) = stack(**FUNCTIONS[function])[f"{function}Role"]["Properties"]["AssumeRolePolicyDocument"][
        "Statement"
    ]
    assert statement["Principal"] == {"Service": "lambda.amazonaws.com"}


def test_the_only_roles_are_those_of_functions_releases_flow_logs_and_the_lake(stack: Stack) -> None:
    roles = {name for name, _ in of_type(stack(**WHOLE, FlowLogs="all"), "AWS::IAM::Role")}
    of_functions = {f"{name}Role" for name in FUNCTIONS if not name.startswith("Sona")}
    of_services = {"CodeDeployServiceRole", "FlowLogRole", "LakeRole", "SubscriptionRole"}
    assert roles == of_functions | of_services


def test_an_engine_of_our_own_adds_two_roles(stack: Stack) -> None:
    roles = {name for name, _ in of_type(stack(**OWN_SONA), "AWS::IAM::Role")}
    assert roles - {name for name, _ in of_type(stack(), "AWS::IAM::Role")} == {"SonaRole", "SonaChangesRole"}


def test_the_engine_may_not_list_people(stack: Stack) -> None:
    actions = {action for one in statements(stack(**OWN_SONA), "Sona") for action in listed(one["Action"])}
    assert not actions & {
        "dynamodb:Scan",
        "dynamodb:Query",
        "dynamodb:BatchGetItem",
        "dynamodb:ExportTableToPointInTime",
    }


def test_searches_read_the_token_of_our_own_engine(stack: Stack) -> None:
    by_sid = {one["Sid"]: one for one in statements(stack(**OWN_SONA), "Search")}
    token = f"{SSM}/aws/reference/secretsmanager/discovery-prod-sona-token"
    assert (by_sid["AskForSonasToken"]["Resource"], by_sid["ReadSonasToken"]["Resource"]) == (token, "<SonaToken>")


def test_the_engines_versions_are_compared_too(stack: Stack) -> None:
    by_sid = {one["Sid"]: one for one in statements(stack(**OWN_SONA), "Deployment")}
    assert {f"{FUNCTION}-sona", f"{FUNCTION}-sona:live"} <= set(by_sid["CompareVersions"]["Resource"])


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
