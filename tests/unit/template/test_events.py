"""The rules, the schedule, and what becomes of an event that can't be handled."""

import json
from typing import Any

import pytest

from tests.unit.template.conftest import EVERYTHING, ROOT, Stack, of_type

EVENTS = [json.loads(path.read_text()) for path in (ROOT / "events").glob("*.json")]


def rules(stack: Stack, **values: str) -> dict[str, dict[str, Any]]:
    prefix = "InvalidationFunction"
    every = of_type(stack(**values), "AWS::Events::Rule")
    return {name.removeprefix(prefix): one for name, one in every if name.startswith(prefix)}


def test_there_are_two_rules_with_a_sample_event_each(stack: Stack) -> None:
    patterns = [one["EventPattern"] for one in rules(stack).values()]
    samples = {(event["source"], event["detail-type"]) for event in EVENTS if "detail-type" in event}
    patterned = {(one["source"][0], one["detail-type"][0]) for one in patterns}
    assert patterned | {("aws.events", "Scheduled Event")} == samples
    assert rules(stack).keys() == {"UserPreferencesUpdated", "PolicyEdited"}


def test_experiments_are_analysed_every_hour(stack: Stack) -> None:
    rule = stack()["ExperimentsFunctionEveryHour"]["Properties"]
    (target,) = rule["Targets"]
    assert rule["ScheduleExpression"] == "rate(1 hour)"
    assert target["Arn"] == "<ExperimentsFunctionAliaslive>"
    assert target["DeadLetterConfig"] == {"Arn": "<DeadLetters.Arn>"}


def test_only_edits_below_our_path_are_events(stack: Stack) -> None:
    pattern = rules(stack)["PolicyEdited"]["EventPattern"]
    assert pattern["detail"] == {"name": [{"prefix": "/discovery/prod/personalization/"}]}


@pytest.mark.parametrize("rule", ["UserPreferencesUpdated", "PolicyEdited"])
def test_an_event_is_tried_again_and_then_kept(rule: str, stack: Stack) -> None:
    (target,) = rules(stack)[rule]["Targets"]
    assert target["Arn"] == "<InvalidationFunctionAliaslive>"
    assert target["RetryPolicy"] == {"MaximumEventAgeInSeconds": 600, "MaximumRetryAttempts": 10}
    assert target["DeadLetterConfig"] == {"Arn": "<DeadLetters.Arn>"}


@pytest.mark.parametrize("rule", ["UserPreferencesUpdated", "PolicyEdited"])
def test_a_rule_may_call_the_function_and_that_is_written_by_rule(rule: str, stack: Stack) -> None:
    permissions = [one for _, one in of_type(stack(), "AWS::Lambda::Permission")]
    (ours,) = [one for one in permissions if one["SourceArn"] == f"<InvalidationFunction{rule}.Arn>"]
    assert ours["Principal"] == "events.amazonaws.com"
    assert ours["FunctionName"] == "<InvalidationFunctionAliaslive>"


def test_an_event_that_the_function_failed_at_is_kept_too(stack: Stack) -> None:
    configurations = dict(of_type(stack(), "AWS::Lambda::EventInvokeConfig"))
    retries = {"InvalidationFunctionEventInvokeConfig": 2, "ExperimentsFunctionEventInvokeConfig": 1}
    assert configurations.keys() == retries.keys()
    for name, configuration in configurations.items():
        assert configuration["DestinationConfig"] == {"OnFailure": {"Destination": "<DeadLetters.Arn>"}}
        assert (configuration["MaximumRetryAttempts"], configuration["Qualifier"]) == (retries[name], "live")


def test_dead_letters_are_encrypted_and_kept_for_four_days(stack: Stack) -> None:
    """They hold user ids. SQS's own key needs no permission of EventBridge's, as a KMS key would."""
    queue = stack()["DeadLetters"]["Properties"]
    assert queue["SqsManagedSseEnabled"] is True
    assert "KmsMasterKeyId" not in queue
    assert queue["MessageRetentionPeriod"] == 4 * 86_400


def test_the_runbook_prints_nothing_of_what_a_dead_letter_holds() -> None:
    _, _, after = (ROOT / "docs" / "operate.md").read_text().partition("### dead-letters\n")
    section, _, _ = after.partition("\n## ")
    assert "discovery dead-letters list" in section
    assert "receive-message" not in section
    assert "Body" not in section


def test_sonas_events_come_over_the_default_bus_or_over_one_of_its_own(stack: Stack) -> None:
    assert rules(stack)["UserPreferencesUpdated"]["EventBusName"] == "default"
    assert rules(stack, **EVERYTHING)["UserPreferencesUpdated"]["EventBusName"] == "<SonaBus>"
    role = {"SonaPrincipalArn": "arn:aws:iam::123456789012:role/sona"}
    assert rules(stack, **role)["UserPreferencesUpdated"]["EventBusName"] == "<SonaBus>"
    assert "EventBusName" not in rules(stack, **EVERYTHING)["PolicyEdited"], "Parameter Store has the default bus alone"
    assert "SonaBus" not in stack()


def test_two_stages_in_one_account_can_have_a_bus_each(stack: Stack) -> None:
    """CloudFormation takes a statement's id for the resource's, and refuses it in a second stack."""
    ids = [
        policy["StatementId"]
        for stage in ("staging", "prod")
        for _, policy in of_type(stack(**EVERYTHING, Stage=stage), "AWS::Events::EventBusPolicy")
    ]
    assert len(set(ids)) == len(ids) == 4


def test_the_bus_admits_nobody_before_it_denies_the_others(stack: Stack) -> None:
    """One change of a bus at a time, too: EventBridge answers ConcurrentModificationException to two."""
    assert stack(**EVERYTHING)["SonaBusPolicy"]["DependsOn"] == "SonaBusDenial"
