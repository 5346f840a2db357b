"""An engine of the stack's own, with `DeploySona`: its table, and the function that announces what changed in it."""

import json
import re
from typing import Any

import boto3
import pytest
from moto import mock_aws

from sona.store.table import create_table
from tests.unit.template.conftest import EVERYTHING, OWN_SONA, Stack, of_type, variables
from tests.unit.template.metric_math import sounds

ROLE = "<SonaChangesRole.Arn>"


@pytest.fixture(scope="session")
def own(stack: Stack) -> dict[str, dict[str, Any]]:
    return stack(**OWN_SONA)


def test_the_table_is_the_one_that_stacks_on_one_machine_make(own: dict[str, dict[str, Any]]) -> None:
    table = own["SonaTable"]["Properties"]
    with mock_aws():
        client = boto3.client("dynamodb", region_name="us-east-1", aws_access_key_id="-", aws_secret_access_key="-")
        create_table(client, "profiles")
        local = client.describe_table(TableName="profiles")["Table"]
        ttl = client.describe_time_to_live(TableName="profiles")["TimeToLiveDescription"]

    assert table["KeySchema"] == local["KeySchema"]
    assert table["AttributeDefinitions"] == local["AttributeDefinitions"]
    assert table["BillingMode"] == local["BillingModeSummary"]["BillingMode"]
    assert table["StreamSpecification"]["StreamViewType"] == local["StreamSpecification"]["StreamViewType"]
    assert table["TimeToLiveSpecification"]["AttributeName"] == ttl["AttributeName"]


def test_profiles_are_encrypted_can_be_restored_and_outlive_the_stack(own: dict[str, dict[str, Any]]) -> None:
    table = own["SonaTable"]
    assert table["Properties"]["SSESpecification"] == {"SSEEnabled": True, "SSEType": "KMS"}
    assert table["Properties"]["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert (table["DeletionPolicy"], table["UpdateReplacePolicy"]) == ("RetainExceptOnCreate", "Retain")


def test_no_change_of_a_profile_is_given_up(own: dict[str, dict[str, Any]]) -> None:
    (mapping,) = (one for _, one in of_type(own, "AWS::Lambda::EventSourceMapping") if "StartingPosition" in one)
    assert (mapping["EventSourceArn"], mapping["FunctionName"]) == ("<SonaTable.StreamArn>", "<SonaChangesFunction>")
    assert mapping["StartingPosition"] == "TRIM_HORIZON"
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert (mapping["MaximumRetryAttempts"], mapping["MaximumRecordAgeInSeconds"]) == (-1, -1)
    assert "DestinationConfig" not in mapping


def test_only_the_function_that_announces_changes_may_send_events(own: dict[str, dict[str, Any]]) -> None:
    allowed, denied = (own[name]["Properties"]["Statement"] for name in ("SonaBusPolicy", "SonaBusDenial"))
    rule = own["InvalidationFunctionUserPreferencesUpdated"]["Properties"]
    variables = own["SonaChangesFunction"]["Properties"]["Environment"]["Variables"]

    assert allowed["Principal"] == {"AWS": ROLE}
    assert (denied["Effect"], denied["Principal"]) == ("Deny", "*")
    assert denied["Condition"] == {"ArnNotEquals": {"aws:PrincipalArn": ROLE}}
    assert rule["EventBusName"] == variables["SONA_EVENT_BUS"] == "<SonaBus>"


def test_an_alarm_sounds_long_before_the_stream_forgets_a_change(own: dict[str, dict[str, Any]]) -> None:
    alarm = own["SonaChangesLag"]["Properties"]
    assert (alarm["Namespace"], alarm["MetricName"]) == ("AWS/Lambda", "IteratorAge")
    assert alarm["Dimensions"] == [{"Name": "FunctionName", "Value": "<SonaChangesFunction>"}]
    assert alarm["Threshold"] < 60 * 60 * 1000


def test_without_it_nothing_of_it_is_deployed(stack: Stack, own: dict[str, dict[str, Any]]) -> None:
    """And what both have is the same, but for what asks SONA, and for what releases and shows functions."""
    brought = stack()
    differing = {name for name in brought if name in own and brought[name] != own[name]}

    assert brought.keys() <= own.keys()
    assert all(name.startswith("Sona") for name in own.keys() - brought.keys())
    assert {"SonaFailures"} == {name for name in brought if name.startswith("Sona")}, "the alarm of whichever SONA"
    assert differing == {
        *("SearchFunction", "SearchRole", "FunctionsGroup", "SsmEndpoint"),  # how SONA is reached
        *("ProfileEventsFunction", "ProfileEventsRole"),
        "InvalidationFunctionUserPreferencesUpdated",  # over which bus
        *("Configuration", "DeploymentRole", "Dashboard"),
    }


def test_what_is_deployed_for_a_sona_that_is_brought_does_not_refer_to_one_of_our_own(stack: Stack) -> None:
    text = json.dumps(stack(**EVERYTHING))
    mentioned = set(re.findall(r"<(Sona\w+)", text))
    assert mentioned <= {"SonaBus", "SonaFailures"}


def test_searches_ask_the_engine_over_https_with_a_token(own: dict[str, dict[str, Any]]) -> None:
    asking, engine = (variables(own, name) for name in ("SearchFunction", "SonaFunction"))
    listener = own["SonaListener"]["Properties"]
    secret = own["SonaToken"]["Properties"]

    assert asking["DISCOVERY_PERSONALIZATION_SONA_URL"] == "https://<SonaService.DnsEntry.DomainName>"
    assert (listener["Protocol"], listener["Port"]) == ("HTTPS", 443)
    token, key = "DISCOVERY_SONA_TOKEN_PARAMETER", "DISCOVERY_PRIVACY_USER_KEY_PARAMETER"
    assert asking[token] == engine[token] == f"/aws/reference/secretsmanager/{secret['Name']}"
    assert asking[key] == engine[key]
    assert secret["GenerateSecretString"] == {"PasswordLength": 64, "ExcludePunctuation": True}


def test_the_engine_is_called_by_its_target_group_alone_at_its_live_version(own: dict[str, dict[str, Any]]) -> None:
    targets, permission = (own[name]["Properties"] for name in ("SonaTargets", "SonaFromLattice"))
    live = "<SonaFunctionAliaslive>"

    assert (targets["Type"], targets["Targets"]) == ("LAMBDA", [{"Id": live}])
    assert targets["Config"] == {"LambdaEventStructureVersion": "V2"}
    assert (permission["FunctionName"], permission["SourceArn"]) == (live, "<SonaTargets.Arn>")
    assert permission["Principal"] == "vpc-lattice.amazonaws.com"
    assert own["SonaListener"]["Properties"]["DefaultAction"]["Forward"]["TargetGroups"] == [
        {"TargetGroupIdentifier": "<SonaTargets>", "Weight": 100}
    ]


def test_no_paths_are_logged_on_the_way_to_the_engine(own: dict[str, dict[str, Any]]) -> None:
    """That of an erasure holds a user id."""
    assert not list(of_type(own, "AWS::VpcLattice::AccessLogSubscription"))


@pytest.mark.parametrize("stage", ["d", "abcdefghij-0123456789"[:20]])
def test_names_are_such_as_vpc_lattice_takes(stage: str, stack: Stack) -> None:
    """ "CreateService" and "CreateTargetGroup" in its API reference."""
    resources = stack(**OWN_SONA | {"Stage": stage})
    for name, longest in (("SonaNetwork", 63), ("SonaService", 40), ("SonaTargets", 128)):
        assert re.fullmatch(rf"[a-z0-9][a-z0-9-]{{1,{longest - 2}}}[a-z0-9]", resources[name]["Properties"]["Name"])


@pytest.mark.parametrize(
    ("alarm", "counts", "expected"),
    [
        ("SonaErrors", {"errors": 2, "invocations": 2}, False),
        ("SonaErrors", {"errors": 3, "invocations": 200}, True),
        ("SonaErrors", {"errors": 3, "invocations": 1000}, False),
        ("SonaLatency", {"duration": 90, "invocations": 99}, False),
        ("SonaLatency", {"duration": 31, "invocations": 100}, True),
        ("SonaLatency", {"duration": 30, "invocations": 100}, False),
        ("SonaThrottles", {"scoring": None, "announcing": 1}, True),
        ("SonaModel", {"refused": None, "unread": 1}, True),
        ("SonaReleaseFails", {"errors": 3, "invocations": 299}, True),
        ("SonaReleaseFails", {"errors": 3, "invocations": 300}, False),
        *(
            ("SonaStore", dict.fromkeys(("unavailable", "reads", "writes", "gets", "puts", "deletes")) | {one: 6}, True)
            for one in ("unavailable", "reads", "writes", "gets", "puts", "deletes")
        ),
    ],
)
def test_an_alarm_of_the_engine_sounds(
    alarm: str, counts: dict[str, float | None], expected: bool, own: dict[str, dict[str, Any]]
) -> None:
    assert sounds(own[alarm]["Properties"], counts) is expected
