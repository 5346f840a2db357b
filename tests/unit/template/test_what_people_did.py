"""The way of what people did: queue, streams, lake."""

import json
import re
from typing import Any

import pytest

from discovery.events.outcome import SCHEMA
from discovery.experiments.exposure import SCHEMA as EXPOSURE
from tests.unit.template.conftest import OWN_SONA, YOURS, Stack, of_type, variables

YOUR_LAKE = {"LakeBucket": "your-lake"}


def statements(role: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = role["Properties"]["Policies"][0]["PolicyDocument"]["Statement"]
    return found


def test_a_message_that_fails_comes_again_for_hours_and_is_then_a_dead_letter(stack: Stack) -> None:
    resources = stack()
    queue, letters = (resources[name]["Properties"] for name in ("ProfileQueue", "ProfileDeadLetters"))
    timeout = resources["ProfileEventsFunction"]["Properties"]["Timeout"]

    assert queue["VisibilityTimeout"] >= 6 * timeout  # "Using Lambda with Amazon SQS"
    assert queue["VisibilityTimeout"] * queue["RedrivePolicy"]["maxReceiveCount"] >= 3 * 3600
    assert queue["RedrivePolicy"]["deadLetterTargetArn"] == "<ProfileDeadLetters.Arn>"
    assert letters["MessageRetentionPeriod"] == queue["MessageRetentionPeriod"] == 14 * 86_400
    assert queue["SqsManagedSseEnabled"] is letters["SqsManagedSseEnabled"] is True


def test_only_what_failed_of_a_batch_comes_again(stack: Stack) -> None:
    ((_, mapping),) = of_type(stack(), "AWS::Lambda::EventSourceMapping")
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert mapping["EventSourceArn"] == "<ProfileQueue.Arn>"


@pytest.mark.parametrize(
    ("values", "bucket"), [({}, "<Lake.Arn>"), (YOUR_LAKE, "arn:aws:s3:::your-lake")], ids=["made", "yours"]
)
def test_both_streams_write_json_lines_by_kind_and_day(values: dict[str, str], bucket: str, stack: Stack) -> None:
    streams = dict(of_type(stack(**values), "AWS::KinesisFirehose::DeliveryStream"))
    assert streams.keys() == {"ExposureStream", "OutcomeStream"}
    for name, kind in (("ExposureStream", "exposures"), ("OutcomeStream", "outcomes")):
        to = streams[name]["ExtendedS3DestinationConfiguration"]
        assert to["Prefix"] == f"{kind}/day=!{{timestamp:yyyy-MM-dd}}/"
        assert to["ErrorOutputPrefix"].startswith("failed/")
        assert (to["BucketARN"], to["CompressionFormat"], to["FileExtension"]) == (bucket, "GZIP", ".jsonl.gz")


def test_exposures_come_out_of_the_log_of_searches_and_nothing_else_does(stack: Stack) -> None:
    ((_, subscription),) = of_type(stack(), "AWS::Logs::SubscriptionFilter")
    stream = stack()["ExposureStream"]["Properties"]["ExtendedS3DestinationConfiguration"]

    assert subscription["LogGroupName"] == "<SearchLogs>"
    assert subscription["FilterPattern"] == f'{{ $.schema = "{EXPOSURE}" }}'
    assert subscription["DestinationArn"] == "<ExposureStream.Arn>"
    kinds = [one["Type"] for one in stream["ProcessingConfiguration"]["Processors"]]
    assert kinds == ["Decompression", "CloudWatchLogProcessing", "AppendDelimiterToRecord"]
    assert SCHEMA.startswith("discovery.outcome/")


def test_a_lake_that_is_made_is_private_kept_and_forgets(stack: Stack) -> None:
    resources = stack(LakeRetentionDays="30")
    bucket = resources["Lake"]["Properties"]
    (statement,) = resources["LakePolicy"]["Properties"]["PolicyDocument"]["Statement"]

    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert bucket["LifecycleConfiguration"]["Rules"][0]["ExpirationInDays"] == "30"
    assert resources["Lake"]["DeletionPolicy"] == "Retain"
    assert (statement["Effect"], statement["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})


def test_a_lake_of_yours_is_written_to_and_not_made(stack: Stack) -> None:
    resources = stack(**YOUR_LAKE)
    writes, knows, _ = statements(resources["LakeRole"])

    assert not {"Lake", "LakePolicy"} & resources.keys()
    assert (writes["Resource"], knows["Resource"]) == ("arn:aws:s3:::your-lake/*", "arn:aws:s3:::your-lake")
    assert not re.search("<Lake[>.]", json.dumps(resources))


def test_firehose_and_the_logs_may_do_what_they_have_to(stack: Stack) -> None:
    lake, subscription = (stack()[name] for name in ("LakeRole", "SubscriptionRole"))
    allowed = {one["Sid"]: (one["Action"], one["Resource"]) for one in statements(lake) + statements(subscription)}

    assert allowed == {
        "WriteTheLake": (["s3:PutObject", "s3:AbortMultipartUpload"], "arn:aws:s3:::<Lake>/*"),
        "KnowTheLake": (
            ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"],
            "arn:aws:s3:::<Lake>",
        ),
        "SayWhatFailed": ("logs:PutLogEvents", "<LakeLogs.Arn>"),
        "SendExposures": (["firehose:PutRecord", "firehose:PutRecordBatch"], "<ExposureStream.Arn>"),
    }
    for role, service in ((lake, "firehose"), (subscription, "logs")):
        (trust,) = role["Properties"]["AssumeRolePolicyDocument"]["Statement"]
        assert trust["Principal"] == {"Service": f"{service}.amazonaws.com"}
        assert trust["Condition"]


@pytest.mark.parametrize("values", [{}, YOURS | {"MakeEndpoints": "true"}], ids=["made", "yours"])
def test_only_the_events_function_uses_the_ways_to_queue_and_stream(values: dict[str, str], stack: Stack) -> None:
    for name, action in (("SqsEndpoint", "sqs:SendMessage"), ("FirehoseEndpoint", "firehose:PutRecord")):
        endpoint = stack(**values)[name]["Properties"]
        (statement,) = endpoint["PolicyDocument"]["Statement"]
        assert statement["Action"] == action
        assert statement["Condition"] == {"ArnEquals": {"aws:PrincipalArn": "<EventsRole.Arn>"}}
        assert endpoint["PrivateDnsEnabled"] is True


def test_whoever_is_not_signed_in_is_kept_unless_told_otherwise(stack: Stack) -> None:
    assert variables(stack(), "EventsFunction")["DISCOVERY_EVENTS_ANONYMOUS"] == "true"
    refusing = variables(stack(AnonymousEvents="false"), "EventsFunction")
    assert refusing["DISCOVERY_EVENTS_ANONYMOUS"] == "false"


def test_profiles_are_told_to_the_engine_that_searches_ask(stack: Stack) -> None:
    for values in ({}, OWN_SONA):
        search, profiles = (variables(stack(**values), f"{name}Function") for name in ("Search", "ProfileEvents"))
        for name in ("PERSONALIZATION_SONA_URL", "SONA_TOKEN_PARAMETER", "SONA_ALLOW_PLAINTEXT"):
            assert profiles[f"DISCOVERY_{name}"] == search[f"DISCOVERY_{name}"]
