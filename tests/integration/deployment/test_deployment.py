"""The template, deployed to moto's CloudFormation; and the functions, run with what it gives them."""

import ast
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from local.stack.credentials import CREDENTIALS
from local.stack.processes import ROOT, moto, sona, valkey
from tests import catalogues
from tests.integration.deployment.account import NOT_MADE
from tests.integration.deployment.system import EVENTS, SONA_TOKEN_SECRET, System

TEMPLATE = ROOT / "template.yaml"
PREFIX = "/discovery/prod/personalization/"
ADMIN = ("personalization:write", "personalization:admin", "personalization:read")
NEW_VARIANT = """        - Name: variants/tiny_boost
          Value: "0.05"
          Description: Weight of the variant, 0 to 1
"""


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """Deployed twice: with the catalogue bucket, and then with what was published there."""
    folder = tmp_path_factory.mktemp("deployment")
    bundle = catalogues.build(folder / "bundle")
    with pytest.MonkeyPatch.context() as environment, moto(folder) as aws_url, valkey(folder) as valkey_url:
        own = {"AWS_ENDPOINT_URL": aws_url, "AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null"}
        for name, value in (CREDENTIALS | own).items():
            environment.setenv(name, value)
        boto3.client("secretsmanager").create_secret(Name=SONA_TOKEN_SECRET, SecretString="s3cret\n")
        with sona(
            folder, catalogue=bundle, aws_url=aws_url, table="people", user_key="key", token="s3cret"
        ) as sona_url:
            made = System(folder, aws_url, valkey_url, sona_url, bundle)
            made.account.deploy(TEMPLATE, made.values)
            made.values["CatalogueLocation"] = made.publish()
            made.values["S3PrefixListId"] = "pl-63a5400a"
            made.account.deploy(TEMPLATE, made.values)
            yield made


def test_everything_is_made_or_listed_with_where_it_is_checked_instead(system: System) -> None:
    resources = system.account.resources
    made = Counter(resources[name]["Type"] for name in system.account.physical())
    others = Counter(one["Type"] for name, one in resources.items() if name not in system.account.physical())

    print(f"\n{len(resources)} resources: {made.total()} made in moto, {others.total()} checked otherwise")  # noqa: T201
    for kind, count in sorted(others.items()):
        print(f"  {count:3} {kind}: {NOT_MADE[kind]}")  # noqa: T201 - for whoever asks what was proved (pytest -s)
    assert others.keys() <= NOT_MADE.keys()
    assert made.total() + others.total() == len(resources)


def test_the_functions_have_the_environment_of_the_template(system: System) -> None:
    for function in ("Search", "Invalidation"):
        expected = system.account.resources[f"{function}Function"]["Properties"]["Environment"]["Variables"]
        assert system.account.live(function)["Environment"]["Variables"] == expected


def test_the_policy_is_in_parameter_store(system: System) -> None:
    found = boto3.client("ssm").get_parameters_by_path(Path=PREFIX, Recursive=True)["Parameters"]
    assert {one["Name"].removeprefix(PREFIX) for one in found} == {
        *("enabled", "boost_weight", "experiment", "holdout", "cache_generation"),
        *(f"variants/{name}" for name in ("control", "low_boost", "medium_boost", "high_boost", "aggressive_boost")),
    }


def test_the_rules_call_the_invalidation_function_with_retries_and_dead_letters(system: System) -> None:
    events = boto3.client("events")
    every = events.list_rules(NamePrefix="discovery-")["Rules"]
    rules = [rule for rule in every if "EventPattern" in rule]  # the others are schedules
    targets = [events.list_targets_by_rule(Rule=rule["Name"])["Targets"] for rule in rules]
    queue = boto3.client("sqs").get_queue_url(QueueName="discovery-prod-dead-letters")["QueueUrl"]
    arn = boto3.client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"][
        "QueueArn"
    ]

    assert len(rules) == 2
    for (target,) in targets:
        assert target["Arn"] == system.account.physical_arn("InvalidationFunction")
        assert target["RetryPolicy"]["MaximumRetryAttempts"] == 10
        assert target["DeadLetterConfig"] == {"Arn": arn}


def test_the_api_and_the_rules_may_call_the_functions(system: System) -> None:
    def sources(function: str) -> set[str]:
        policy = json.loads(boto3.client("lambda").get_policy(FunctionName=f"discovery-prod-{function}")["Policy"])
        return {one["Condition"]["ArnLike"]["AWS:SourceArn"].rpartition(":")[2] for one in policy["Statement"]}

    assert {source.partition("/")[2] for source in sources("search")} == {
        *("*/GET/v1/search", "*/POST/v1/search", "*/GET/v1/search/preview", "*/GET/v1/health", "*/GET/docs"),
        *("*/GET/v1/suggest", "*/GET/openapi.json", "*/*"),
    }
    rules = {source for source in sources("invalidation") if source.startswith("rule/")}
    assert {source.split("-")[1] for source in rules} == {
        "InvalidationFunctionUserPreferencesUpdated",
        "InvalidationFunctionPolicyEdited",
    }


def test_the_roles_have_the_statements_of_the_template(system: System) -> None:
    physical = system.account.physical()
    for name in ("Search", "Invalidation", "Events", "Deployment"):
        answer = boto3.client("iam").get_role_policy(RoleName=physical[f"{name}Role"], PolicyName=name.lower())
        document = ast.literal_eval(str(answer["PolicyDocument"]))  # moto answers with a dictionary's repr
        found = {statement["Sid"] for statement in document["Statement"]}
        (policy,) = system.account.resources[f"{name}Role"]["Properties"]["Policies"]
        # Moto does not change a role; the catalogue is in S3 since the second deployment.
        assert found | {"ReadTheCatalogue"} == {one["Sid"] for one in policy["PolicyDocument"]["Statement"]} | {
            "ReadTheCatalogue"
        }


FUNCTIONS = ("search", "invalidation", "events", "profile-events", "experiments", "deployment")


def test_logs_are_kept_for_as_long_as_was_said(system: System) -> None:
    groups = boto3.client("logs").describe_log_groups()["logGroups"]
    assert {group["logGroupName"]: int(group["retentionInDays"]) for group in groups} == {
        **{f"/aws/lambda/discovery-prod-{name}": 30 for name in FUNCTIONS},
        "/aws/kinesisfirehose/discovery-prod": 30,
        "/aws/vendedlogs/discovery-prod-api": 30,
    }


def test_the_network_is_made_with_its_endpoints(system: System) -> None:
    ec2 = boto3.client("ec2")
    vpc = system.account.physical()["Vpc"]
    own: Any = [{"Name": "vpc-id", "Values": [vpc]}]
    subnets = ec2.describe_subnets(Filters=own)["Subnets"]
    endpoints = ec2.describe_vpc_endpoints(Filters=own)["VpcEndpoints"]

    assert {subnet["CidrBlock"] for subnet in subnets} == {"10.86.0.0/24", "10.86.1.0/24"}
    assert len({subnet["AvailabilityZone"] for subnet in subnets}) == 2
    assert {one["ServiceName"].rpartition(".")[2] for one in endpoints} == {*("ssm", "s3", "sqs", "kinesis-firehose")}


def test_search_works_with_what_it_is_given_and_personalizes(system: System) -> None:
    """The catalogue from the stack's bucket, the user key from its secret, scores from SONA and then from the cache."""
    # Within 50 ms, as deployed: on a busy machine a search or two may not make it. The first do not know the policy,
    # which nobody has read since it was made.
    nobody, *answers = system.search(None, *["ana"] * 10)

    assert nobody["total_count"] > 0
    assert nobody["personalization"]["reason"] == "anonymous"
    blocks = [answer["personalization"] for answer in answers]
    assert {block["weight"] for block in blocks if block["status"] == "applied"} == {0.2}, blocks
    assert any(block["from_cache"] == block["scored"] > 0 for block in blocks), blocks


def test_every_sample_event_is_handled(system: System) -> None:
    every = {path.stem: json.loads(path.read_text()) for path in EVENTS.glob("*.json")}
    # Those of the engine and of its table's stream are tests/functional's, since it is not deployed here; those of
    # experiments are of tests beside the lake that they read.
    ours = {name: event for name, event in every.items() if not name.startswith("experiment")}
    events = {name: event for name, event in ours.items() if "routeKey" in event or "detail-type" in event}
    for event in events.values():
        if "authorization" in event.get("headers", {}):
            event["headers"]["authorization"] = f"Bearer {system.issuer.sign('ana', ADMIN)}"
    to_invalidation = {
        "sona-user-preferences-updated",
        "sona-user-preferences-updated-by-hash",
        "ssm-parameter-store-change",
        "invalidate-user",
        "invalidate-all",
    }

    # Its times are words yet, so each event is refused: moto makes no stream that it could go to.
    (told,) = system.invoke("Events", events.pop("events-batch"))
    searched = system.invoke("Search", *(event for name, event in events.items() if name not in to_invalidation))
    invalidated = system.invoke("Invalidation", *(events[name] for name in sorted(to_invalidation)))

    assert Counter(answer["statusCode"] for answer in searched) == {200: len(searched) - 1, 404: 1}
    assert (told["statusCode"], json.loads(told["body"])["refused"]) == (202, 4)
    assert [answer and answer["statusCode"] for answer in invalidated] == [200, 200, None, None, None]


def test_a_deployment_leaves_an_edited_weight_and_brings_what_is_new(system: System, tmp_path: Path) -> None:
    ssm = boto3.client("ssm")
    ssm.put_parameter(Name=f"{PREFIX}variants/high_boost", Value="0.55", Type="String", Overwrite=True)
    ssm.put_parameter(Name=f"{PREFIX}boost_weight", Value="0.5", Type="String", Overwrite=True)
    before = system.account.live("Search")
    changed = TEMPLATE.read_text().replace('Value: "0.25"', 'Value: "0.3"').replace('Value: "0.40"', 'Value: "0.45"')
    changed = changed.replace("        - Name: variants/low_boost", NEW_VARIANT + "        - Name: variants/low_boost")
    changed = changed.replace("Description: The default weight, 0 to 1", "Description: Another description")
    (tmp_path / "template.yaml").write_text(changed)

    system.account.deploy(tmp_path / "template.yaml", system.values | {"LogLevel": "DEBUG"})

    def stored(name: str) -> tuple[str, int]:
        parameter = ssm.get_parameter(Name=f"{PREFIX}{name}")["Parameter"]
        return parameter["Value"], parameter["Version"]

    assert stored("variants/high_boost") == ("0.55", 2)
    assert stored("boost_weight") == ("0.5", 2)
    assert stored("variants/medium_boost") == ("0.25", 1), "not edited, and still not this deployment's to change"
    assert stored("variants/tiny_boost") == ("0.05", 1)

    after = system.account.live("Search")
    assert int(after["Version"]) > int(before["Version"]), "a parameter of the template changed, so did the version"
    assert after["Environment"]["Variables"]["POWERTOOLS_LOG_LEVEL"] == "DEBUG"

    edited = json.loads((EVENTS / "ssm-parameter-store-change.json").read_text())
    edited["detail"]["name"] = f"{PREFIX}boost_weight"
    system.invoke("Invalidation", edited)
    (found,) = system.search("ben")
    assert found["personalization"]["weight"] == 0.5


def test_the_same_deployment_again_publishes_nothing(system: System) -> None:
    system.account.deploy(TEMPLATE, system.values)
    before = system.account.live("Search")["Version"]
    system.account.deploy(TEMPLATE, system.values)

    assert system.account.live("Search")["Version"] == before
