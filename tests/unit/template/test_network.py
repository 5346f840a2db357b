"""Who reaches whom; written as what is open, so that anything else is a failure."""

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

import pytest

from local.cloudformation import Resources
from tests.unit.template.conftest import EVERYTHING, OWN_SONA, YOURS, Stack, of_type


def openings(rules: list[dict[str, Any]]) -> set[tuple[str, int, int]]:
    """Where to (or from), and the first and last port."""

    def other_end(rule: dict[str, Any]) -> str:
        found: str = next(rule[key] for key in rule if key.endswith(("SecurityGroupId", "CidrIp", "PrefixListId")))
        return found

    assert all(rule["IpProtocol"] == "tcp" and rule["Description"] for rule in rules)
    return {(other_end(rule), int(rule["FromPort"]), int(rule["ToPort"])) for rule in rules}


def outgoing(resources: Resources) -> set[tuple[str, int, int]]:
    return openings(resources["FunctionsGroup"]["Properties"]["SecurityGroupEgress"])


def incoming(resources: Resources) -> dict[str, set[tuple[str, int, int]]]:
    found: dict[str, set[tuple[str, int, int]]] = {}
    for _, rule in of_type(resources, "AWS::EC2::SecurityGroupIngress"):
        found.setdefault(rule["GroupId"], set()).update(openings([rule]))
    return found


def descriptions(resources: Resources) -> Iterator[str]:
    for _, group in of_type(resources, "AWS::EC2::SecurityGroup"):
        yield group["GroupDescription"]
        yield from (rule["Description"] for rule in group["SecurityGroupEgress"])
    for _, rule in of_type(resources, "AWS::EC2::SecurityGroupIngress"):
        yield rule["Description"]


@pytest.mark.parametrize(
    "values", [{}, EVERYTHING, YOURS, OWN_SONA], ids=["made", "everything", "yours", "our own SONA"]
)
def test_security_groups_are_described_with_the_characters_that_ec2_takes(values: dict[str, str], stack: Stack) -> None:
    """It refuses an apostrophe ("Security group rules"); no linter looks into a condition for one."""
    for text in descriptions(stack(**values)):
        assert re.fullmatch(r"[a-zA-Z0-9. _\-:/()#,@\[\]+=&;{}!$*]{1,255}", text), text


def test_the_functions_reach_the_cache_parameter_store_and_sona_alone(stack: Stack) -> None:
    assert outgoing(stack()) == {
        ("<CacheGroup>", 6379, 6380),
        ("<EndpointGroup>", 443, 443),
        ("10.20.0.0/16", 443, 443),
    }


def test_what_is_asked_for_is_opened_besides(stack: Stack) -> None:
    assert outgoing(stack(**EVERYTHING)) - outgoing(stack()) == {
        ("sg-11111111", 443, 443),
        ("pl-63a5400a", 443, 443),
        ("0.0.0.0/0", 443, 443),
    }


def test_in_your_network_they_reach_your_cache_and_your_endpoint(stack: Stack) -> None:
    assert outgoing(stack(**YOURS)) == {
        ("sg-22222222", 6380, 6380),
        ("10.0.0.0/16", 443, 443),
        ("10.20.0.0/16", 443, 443),
    }


def test_an_engine_of_our_own_is_reached_by_vpc_lattice_alone(stack: Stack) -> None:
    resources = stack(**OWN_SONA)
    assert outgoing(resources) == {
        ("<CacheGroup>", 6379, 6380),
        ("<EndpointGroup>", 443, 443),
        ("pl-0bbbbbbb", 443, 443),
    }
    assert incoming(resources)["<SonaGroup>"] == {("<FunctionsGroup>", 443, 443)}


@pytest.mark.parametrize(("values", "vpc"), [({}, "<Vpc>"), (YOURS, "vpc-1")])
def test_only_that_group_in_the_vpc_reaches_the_engine(values: dict[str, str], vpc: str, stack: Stack) -> None:
    resources = stack(**values | OWN_SONA)
    association = resources["SonaNetworkOfVpc"]["Properties"]
    assert (association["VpcIdentifier"], association["SecurityGroupIds"]) == (vpc, ["<SonaGroup>"])
    assert resources["SonaGroup"]["Properties"]["VpcId"] == vpc
    assert openings(resources["SonaGroup"]["Properties"]["SecurityGroupEgress"]) == {("127.0.0.1/32", 1, 1)}


def test_functions_that_call_aws_alone_are_in_no_vpc(stack: Stack) -> None:
    for name in ("SonaFunction", "SonaChangesFunction"):
        assert "VpcConfig" not in stack(**OWN_SONA)[name]["Properties"]


def test_the_endpoint_lets_searches_ask_for_the_token_of_our_own_engine(stack: Stack) -> None:
    statements = stack(**OWN_SONA)["SsmEndpoint"]["Properties"]["PolicyDocument"]["Statement"]
    (one,) = [statement for statement in statements if statement["Sid"] == "AskForSonasToken"]
    assert one["Resource"].endswith(":parameter/aws/reference/secretsmanager/discovery-prod-sona-token")
    assert one["Condition"] == {"ArnEquals": {"aws:PrincipalArn": ["<SearchRole.Arn>", "<ProfileEventsRole.Arn>"]}}


def test_only_the_functions_reach_the_cache_and_the_endpoint(stack: Stack) -> None:
    for values in ({}, EVERYTHING):
        assert incoming(stack(**values)) == {
            "<CacheGroup>": {("<FunctionsGroup>", 6379, 6380)},
            "<EndpointGroup>": {("<FunctionsGroup>", 443, 443)},
        }


def test_the_cache_and_the_endpoint_open_no_connections(stack: Stack) -> None:
    """A group without any rule for what goes out gets one that allows everything."""
    groups = dict(of_type(stack(**EVERYTHING), "AWS::EC2::SecurityGroup"))
    for name in ("CacheGroup", "EndpointGroup"):
        assert openings(groups[name]["SecurityGroupEgress"]) == {("127.0.0.1/32", 1, 1)}
        assert "SecurityGroupIngress" not in groups[name]
    assert "SecurityGroupIngress" not in groups["FunctionsGroup"]


def test_the_functions_are_in_the_private_subnets_and_the_deployments_is_in_none(stack: Stack) -> None:
    for values, subnets in (({}, ["<PrivateSubnetA>", "<PrivateSubnetB>"]), (YOURS, ["subnet-1", "subnet-2"])):
        resources = stack(**values)
        expected = {"SubnetIds": subnets, "SecurityGroupIds": ["<FunctionsGroup>"]}
        for name in ("SearchFunction", "InvalidationFunction", "EventsFunction", "ProfileEventsFunction"):
            assert resources[name]["Properties"]["VpcConfig"] == expected
        assert "VpcConfig" not in resources["DeploymentFunction"]["Properties"]


def test_the_network_has_no_way_out_unless_asked_for(stack: Stack) -> None:
    closed = {one["Type"] for one in stack().values()}
    open_ = {one["Type"] for one in stack(**EVERYTHING).values()}
    assert not closed & {"AWS::EC2::NatGateway", "AWS::EC2::InternetGateway", "AWS::EC2::Route"}
    assert open_ >= {"AWS::EC2::NatGateway", "AWS::EC2::InternetGateway", "AWS::EC2::Route"}


def test_the_zones_are_the_regions_first_two_unless_named(stack: Stack) -> None:
    def zones(**values: str) -> list[str]:
        return [
            one["AvailabilityZone"] for _, one in of_type(stack(ReachesInternet="true", **values), "AWS::EC2::Subnet")
        ]

    assert zones() == ["us-east-1a", "us-east-1b", "us-east-1a"]
    assert zones(Zones="us-east-1d,us-east-1f") == ["us-east-1d", "us-east-1f", "us-east-1d"]


def test_in_your_network_nothing_is_made_but_the_functions_group(stack: Stack) -> None:
    made = {one["Type"] for one in stack(**YOURS).values() if one["Type"].startswith(("AWS::EC2", "AWS::ElastiCache"))}
    assert made == {"AWS::EC2::SecurityGroup"}


def test_endpoints_are_made_in_your_network_where_asked_for(stack: Stack) -> None:
    asked = {"MakeEndpoints": "true", "CatalogueLocation": "s3://films/live", "RouteTableIds": "rtb-1,rtb-2"}
    resources = stack(**YOURS, **asked)

    assert resources["SsmEndpoint"]["Properties"]["SubnetIds"] == ["subnet-1", "subnet-2"]
    assert resources["S3Endpoint"]["Properties"]["RouteTableIds"] == ["rtb-1", "rtb-2"]
    assert ("<EndpointGroup>", 443, 443) in outgoing(resources)


def test_the_endpoints_serve_our_functions_with_what_these_need_alone(stack: Stack) -> None:
    resources = stack(**EVERYTHING)
    ssm = {one["Sid"]: one for one in resources["SsmEndpoint"]["Properties"]["PolicyDocument"]["Statement"]}
    (s3,) = resources["S3Endpoint"]["Properties"]["PolicyDocument"]["Statement"]
    parameters = "arn:aws:ssm:us-east-1:123456789012:parameter"
    policy = f"{parameters}/discovery/prod/personalization"
    secrets = f"{parameters}/aws/reference/secretsmanager"

    def for_roles(*names: str) -> dict[str, Any]:
        return {"ArnEquals": {"aws:PrincipalArn": [f"<{name}Role.Arn>" for name in names]}}

    assert {sid: (one["Action"], one["Resource"], one["Condition"]) for sid, one in ssm.items()} == {
        "ReadThePolicy": ("ssm:GetParametersByPath", [policy, f"{policy}/*"], for_roles("Search", "Invalidation")),
        "AskForTheUserKey": (
            *("ssm:GetParameter", f"{secrets}/discovery-prod-user-key"),
            for_roles("Search", "Invalidation", "Events"),
        ),
        "AskForSonasToken": (
            *("ssm:GetParameter", f"{secrets}/{EVERYTHING['SonaTokenSecret']}"),
            for_roles("Search", "ProfileEvents"),
        ),
        "RaiseTheGeneration": (
            *("ssm:PutParameter", f"{policy}/cache_generation"),
            {"ArnEquals": {"aws:PrincipalArn": "<InvalidationRole.Arn>"}},
        ),
    }
    assert (s3["Action"], s3["Resource"]) == ("s3:GetObject", "arn:aws:s3:::films/live/*")
    assert s3["Condition"] == for_roles("Search", "Events")
    assert "S3Endpoint" not in stack()


@pytest.mark.parametrize(
    ("function", "needs"), [("Search", 3), ("Invalidation", 3), ("Events", 1), ("ProfileEvents", 1)]
)
def test_the_endpoint_lets_through_what_a_function_may_do_at_parameter_store(
    function: str, needs: int, stack: Stack
) -> None:
    """An action that a role is allowed and the endpoint is not would fail in the VPC only."""
    resources = stack(**EVERYTHING)
    statements = resources["SsmEndpoint"]["Properties"]["PolicyDocument"]["Statement"]

    def listed(value: str | list[str]) -> list[str]:
        return [value] if isinstance(value, str) else value

    def passes(action: str, resource: str) -> bool:
        return any(
            action in listed(one["Action"])
            and any(fnmatchcase(resource, pattern) for pattern in listed(one["Resource"]))
            and f"<{function}Role.Arn>" in listed(one["Condition"]["ArnEquals"]["aws:PrincipalArn"])
            for one in statements
        )

    (role,) = resources[f"{function}Role"]["Properties"]["Policies"]
    needed = [
        (action, resource)
        for one in role["PolicyDocument"]["Statement"]
        for action in listed(one["Action"])
        for resource in listed(one["Resource"])
        if action.startswith("ssm:")
    ]
    assert len(needed) >= needs
    assert [one for one in needed if not passes(*one)] == []


def test_connections_are_logged_where_asked_for_and_as_long_as_other_logs(stack: Stack) -> None:
    resources = stack(FlowLogs="rejected", LogRetentionDays="7")
    log = resources["VpcFlowLog"]["Properties"]
    assert (log["ResourceId"], log["TrafficType"]) == ("<Vpc>", "REJECT")
    assert (log["LogGroupName"], log["DeliverLogsPermissionArn"]) == ("<VpcFlows>", "<FlowLogRole.Arn>")
    assert str(resources["VpcFlows"]["Properties"]["RetentionInDays"]) == "7"
    assert stack(FlowLogs="all")["VpcFlowLog"]["Properties"]["TrafficType"] == "ALL"
    for values in ({}, YOURS | {"FlowLogs": "all"}):
        assert not stack(**values).keys() & {"VpcFlowLog", "VpcFlows", "FlowLogRole"}
