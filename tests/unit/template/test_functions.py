"""The functions: their environment, their releases, what a change of each setting leads to."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from discovery.settings.settings import Settings
from local.cloudformation import transformed
from tests.unit.template.conftest import EVERYTHING, OWN_SONA, REQUIRED, ROOT, YOURS, Stack, of_type, variables

RUNTIME = {"OPENBLAS_NUM_THREADS", "POWERTOOLS_LOG_LEVEL", "POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_SERVICE_NAME"}
ALWAYS = ("Search", "Invalidation", "Events", "ProfileEvents")
OF_THE_ENGINE = {"SONA_MODEL", "SONA_TABLE"}
OF_EVENTS = {f"DISCOVERY_EVENTS_{name}" for name in ("ANONYMOUS", "STREAM", "QUEUE_URL")}
OF_SEARCH_ALONE = {
    *("DISCOVERY_CATALOGUE_PATH", "DISCOVERY_CATALOGUE_BUNDLE", "DISCOVERY_RETRIEVAL_ENGINE"),
    *("DISCOVERY_OPENSEARCH_URL", "DISCOVERY_OPENSEARCH_SERVICE"),
    *("DISCOVERY_PERSONALIZATION_SONA_URL", "OPENBLAS_NUM_THREADS"),
    *("DISCOVERY_SONA_ALLOW_PLAINTEXT", "DISCOVERY_SONA_TOKEN_PARAMETER"),
}
NOT_SET = {
    "CATALOGUE_FOLDER": "the temporary folder is the only one that a function can write to",
    "CATALOGUE_POLL_SEC": "30 seconds keep the promise of a minute, and cost a few cents a month",
    "OPENSEARCH_INDEX": "one stack, one catalogue; roles name it",
    "PERSONALIZATION_ENABLED": "the policy's `enabled` is the switch, and needs no deployment",
    "PERSONALIZATION_BOOST_WEIGHT": "the policy's `boost_weight` says it; this is for when there is none",
    "CACHE_CA_FILE": "ElastiCache's certificates are signed by authorities that the system knows",
    "CACHE_USERNAME": "IAM, or part of CacheUrl",
    "CACHE_PASSWORD": "a secret; IAM instead",
    "SONA_TOKEN": "a secret; read from Secrets Manager by the name that is set",
    "SONA_CA_FILE": "a file would have to come with a layer; authorities that the system knows are enough for most",
    "AUTH_JWKS_URI": "OpenID discovery finds it, or TokenJwks holds the keys",
    "AUTH_ALGORITHMS": "what OpenID providers sign with",
    "PRIVACY_USER_KEY": "a secret; read from Secrets Manager by the name that is set",
    "PRIVACY_LOG_QUERIES": "queries are personal data; whoever debugs with them says so for a while",
}
TUNED = {"RETRIEVAL", "OPENSEARCH", "PERSONALIZATION", "CACHE", "POLICY", "AUTH"}
"""Sections whose other settings are the design's, measured; one to change goes into the template's Globals."""


def known() -> Iterator[str]:
    yield "STAGE"
    for section, field in Settings.model_fields.items():
        yield from (f"{section}_{name}".upper() for name in getattr(type(field.default), "model_fields", ()))


@pytest.mark.parametrize(
    ("values", "function"),
    [
        *((values, f"{name}Function") for values in ({}, EVERYTHING, YOURS) for name in ALWAYS),
        *((OWN_SONA, f"{name}Function") for name in (*ALWAYS, "Sona")),
    ],
)
def test_a_functions_variables_are_settings_and_fit_together(
    function: str, values: dict[str, str], stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = variables(stack(**values), function)
    others = {name for name in found if not name.startswith("DISCOVERY_")}
    assert others <= RUNTIME | (OF_THE_ENGINE if function == "SonaFunction" else set())
    assert {name.removeprefix("DISCOVERY_") for name in found if name.startswith("DISCOVERY_")} <= set(known())

    for name, value in found.items():
        monkeypatch.setenv(name, value.replace("<Cache.Endpoint.Port>", "6379"))
    assert Settings().policy_prefix == "/discovery/prod/personalization/"


def test_every_setting_is_set_or_left_alone_for_a_reason(stack: Stack) -> None:
    resources = stack(**EVERYTHING)
    names = {name for one in ("Search", "Events", "Experiments") for name in variables(resources, f"{one}Function")}
    left = {name for name in known() if f"DISCOVERY_{name}" not in names}
    assert set(NOT_SET) <= left, "set by now: take the reason out"
    assert {name.partition("_")[0] for name in left - set(NOT_SET)} <= TUNED


def test_each_function_is_told_what_it_reads(stack: Stack) -> None:
    resources = stack()
    search, invalidation = (variables(resources, f"{name}Function") for name in ("Search", "Invalidation"))
    assert search.keys() - invalidation.keys() == OF_SEARCH_ALONE
    assert variables(resources, "EventsFunction").keys() - search.keys() == OF_EVENTS
    assert variables(resources, "ProfileEventsFunction").keys() <= search.keys()
    assert variables(resources, "ExperimentsFunction").keys() - search.keys() == {"DISCOVERY_LAKE_LOCATION"}
    assert variables(resources, "ExperimentsFunction")["DISCOVERY_LAKE_LOCATION"] == "s3://<Lake>"
    assert "Environment" not in resources["DeploymentFunction"]["Properties"]


def test_nothing_secret_is_in_an_environment(stack: Stack) -> None:
    for values in ({}, EVERYTHING, YOURS, OWN_SONA):
        for _, properties in of_type(stack(**values), "AWS::Lambda::Function"):
            text = json.dumps(properties.get("Environment", {}))
            assert "<UserKey" not in text
            assert "<SonaToken" not in text
            assert "resolve:" not in text


def test_a_cache_of_ours_is_spoken_to_as_what_it_is(stack: Stack) -> None:
    made, yours = variables(stack(), "SearchFunction"), variables(stack(**YOURS), "SearchFunction")
    cache = stack()["Cache"]["Properties"]
    user = stack()["CacheUser"]["Properties"]

    assert made["DISCOVERY_CACHE_URL"].startswith("rediss://<Cache.Endpoint.Address>")
    assert (made["DISCOVERY_CACHE_SERVERLESS"], made["DISCOVERY_CACHE_IAM_NAME"]) == ("true", "<Cache>")
    assert cache["ServerlessCacheName"] == cache["ServerlessCacheName"].lower()
    assert user["UserId"] == user["UserName"] == user["UserId"].lower(), "IAM asks for that"
    assert user["AuthenticationMode"] == {"Type": "iam"}
    assert (yours["DISCOVERY_CACHE_URL"], yours["DISCOVERY_CACHE_IAM_USER"]) == (YOURS["CacheUrl"], "")


@pytest.mark.parametrize(
    ("values", "path", "layer"),
    [
        ({}, "/opt/catalogue", "<CatalogueLayer"),
        ({"CatalogueLayerArn": "arn:mine"}, "/opt/catalogue", "arn:mine"),
        ({"CatalogueLocation": "s3://films/live"}, "s3://films/live", None),
    ],
)
def test_the_catalogue_is_a_layer_or_in_s3(values: dict[str, str], path: str, layer: str | None, stack: Stack) -> None:
    resources = stack(**values)
    ours, *catalogue = resources["SearchFunction"]["Properties"]["Layers"]

    assert variables(resources, "SearchFunction")["DISCOVERY_CATALOGUE_PATH"] == path
    assert ours.startswith("<DiscoveryLayer")
    assert [name.startswith(str(layer)) for name in catalogue] == [True] * (layer is not None)


def test_metrics_are_never_filtered_out_by_a_log_level(stack: Stack) -> None:
    """They are lines without a level, which Lambda takes for INFO."""
    for level in ("DEBUG", "INFO", "WARNING", "ERROR"):
        logging = stack(LogLevel=level)["SearchFunction"]["Properties"]["LoggingConfig"]
        assert logging["ApplicationLogLevel"] in ("DEBUG", "INFO")
        assert logging["LogFormat"] == "JSON"


def test_every_function_logs_into_a_group_that_forgets(stack: Stack) -> None:
    resources = stack(**OWN_SONA, LogRetentionDays="7")
    for _, function in of_type(resources, "AWS::Lambda::Function"):
        group = resources[function["LoggingConfig"]["LogGroup"].strip("<>")]["Properties"]
        assert group["RetentionInDays"] == "7"
        assert group["LogGroupName"] == f"/aws/lambda/{function['FunctionName']}"


def test_what_somebody_waits_for_starts_from_a_snapshot(stack: Stack) -> None:
    resources = stack()
    for name in ("SearchFunction", "EventsFunction"):
        assert resources[name]["Properties"]["SnapStart"] == {"ApplyOn": "PublishedVersions"}
    assert "SnapStart" not in resources["InvalidationFunction"]["Properties"]
    assert stack(SnapStart="false")["SearchFunction"]["Properties"]["SnapStart"] == {"ApplyOn": "None"}


def test_invalidation_has_environments_of_its_own_unless_told_otherwise(stack: Stack) -> None:
    def reserved(**values: str) -> Any:
        return stack(**values)["InvalidationFunction"]["Properties"].get("ReservedConcurrentExecutions")

    assert reserved() == "5"
    assert reserved(InvalidationConcurrency="0") is None
    assert "ReservedConcurrentExecutions" not in stack()["SearchFunction"]["Properties"]


@pytest.mark.parametrize(
    ("release", "configuration"),
    [
        ("canary", "CodeDeployDefault.LambdaCanary10Percent5Minutes"),
        ("linear", "CodeDeployDefault.LambdaLinear10PercentEvery1Minute"),
    ],
)
def test_a_release_is_as_gradual_as_asked_and_taken_back_on_alarm(
    release: str, configuration: str, stack: Stack
) -> None:
    groups = dict(of_type(stack(**OWN_SONA, Release=release), "AWS::CodeDeploy::DeploymentGroup"))
    alarms = {
        "SearchFunctionDeploymentGroup": ["<SearchReleaseFails>", "<SearchReleaseIsSlow>"],
        "InvalidationFunctionDeploymentGroup": ["<InvalidationReleaseFails>"],
        "EventsFunctionDeploymentGroup": ["<EventsReleaseFails>"],
        "ExperimentsFunctionDeploymentGroup": ["<ExperimentsReleaseFails>"],
        "SonaFunctionDeploymentGroup": ["<SonaReleaseFails>"],
    }
    assert groups.keys() == alarms.keys()
    for name, group in groups.items():
        assert group["DeploymentConfigName"] == configuration
        assert [one["Name"] for one in group["AlarmConfiguration"]["Alarms"]] == alarms[name]
        assert "DEPLOYMENT_STOP_ON_ALARM" in group["AutoRollbackConfiguration"]["Events"]


def test_a_release_at_once_is_stopped_by_no_alarm(stack: Stack) -> None:
    """One that sounds already would stop the release that is to mend it."""
    groups = dict(of_type(stack(Release="at-once"), "AWS::CodeDeploy::DeploymentGroup"))
    assert {one["DeploymentConfigName"] for one in groups.values()} == {"CodeDeployDefault.LambdaAllAtOnce"}
    assert [one["AlarmConfiguration"] for one in groups.values()] == [{}, {}, {}, {}]


def test_the_search_version_before_stays_to_go_back_to(stack: Stack) -> None:
    """A changed description replaces a version, whose deletion only this attribute prevents."""
    ((_, version),) = (
        (name, one) for name, one in stack().items() if one["Type"] == "AWS::Lambda::Version" and "Search" in name
    )
    assert (version["DeletionPolicy"], version["UpdateReplacePolicy"]) == ("Retain", "Retain")


def test_a_changed_layer_is_a_new_version_of_the_functions(tmp_path: Any) -> None:
    changed = (ROOT / "template.yaml").read_text().replace("layers/discovery/", "layers/discovery-2/")
    (tmp_path / "template.yaml").write_text(changed)
    before, after = transformed(ROOT / "template.yaml"), transformed(tmp_path / "template.yaml")

    def versions(template: dict[str, Any]) -> set[str]:
        return {name for name, _ in of_type(template["Resources"], "AWS::Lambda::Version")}

    assert not versions(before) & versions(after)


def referred_to(value: Any) -> Iterator[str]:
    """What a part of the template refers to, besides what an account is called by."""
    if isinstance(value, list):
        for one in value:
            yield from referred_to(one)
    elif isinstance(value, dict):
        for name, argument in value.items():
            if name == "Ref":
                yield argument
            elif name == "Fn::GetAtt":
                yield ".".join(argument)
            elif name == "Fn::Sub":
                yield from re.findall(r"\$\{([^}]+)\}", argument if isinstance(argument, str) else argument[0])
            yield from referred_to(argument)


@pytest.mark.parametrize("function", ["SearchFunction", "InvalidationFunction", "EventsFunction", "SonaFunction"])
def test_whatever_a_functions_properties_are_made_of_can_lead_to_a_new_version(
    function: str, as_transformed: dict[str, Any]
) -> None:
    """SAM publishes a version for a changed template only, and a version keeps its environment (docs/adr/0019)."""
    resources = as_transformed["Resources"]
    properties = resources[function]["Properties"]
    configuration = resources["Configuration"]["Properties"]
    version = next(
        one for _, one in of_type(resources, "AWS::Lambda::Version") if one["FunctionName"] == {"Ref": function}
    )

    made_of = {*referred_to(configuration["MadeOf"]), "AWS::NoValue"}
    assert set(referred_to(properties)) <= made_of
    compared = configuration["Functions"][function.removesuffix("Function")]
    assert compared in ({"Ref": function}, {"Fn::If": ["RunsSona", {"Ref": function}, {"Ref": "AWS::NoValue"}]})
    assert version["Description"] == {"Fn::GetAtt": ["Configuration", function.removesuffix("Function")]}


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ({}, {"<SsmEndpoint>", "<EndpointFromFunctions>", "<PrivateRoutesOfSubnetA>", "<PrivateRoutesOfSubnetB>"}),
        ({"ReachesInternet": "true"}, {"<RouteToNat>"}),
        ({"CatalogueLocation": "s3://films/prod", "S3PrefixListId": "pl-1"}, {"<S3Endpoint>"}),
    ],
)
def test_what_a_version_needs_to_start_is_there_before_one_is_published(
    values: dict[str, str], found: set[str], stack: Stack
) -> None:
    """With SnapStart a version starts when it is published, which waits for Configuration and nothing else."""
    made_of = stack(**values)["Configuration"]["Properties"]["MadeOf"]

    assert found <= {one for group in made_of for one in group if isinstance(one, str)}


def test_what_has_to_be_given_has_no_default(written: dict[str, Any]) -> None:
    without = {name for name, one in written["Parameters"].items() if "Default" not in one}
    assert without == {"TokenIssuer", "TokenAudience"}
    assert without < REQUIRED.keys()


def test_every_parameter_is_described_and_in_one_group(written: dict[str, Any]) -> None:
    groups = written["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
    grouped = [name for group in groups for name in group["Parameters"]]
    assert sorted(grouped) == sorted(written["Parameters"])
    assert all(one.get("Description") for one in written["Parameters"].values())
