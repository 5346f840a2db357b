"""Alarms and the dashboard: on metrics that exist, and told to whoever is to be told."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from local.cloudformation import Resources
from tests.unit.template.conftest import EVERYTHING, OWN_SONA, ROOT, Stack, of_type

OURS = "Discovery/prod"
COMPOSED = {
    *(f"Personalization{outcome}" for outcome in ("Applied", "Partial", "Skipped", "Failed")),
    *(f"{server}Circuit{state}" for server in ("Sona", "Cache") for state in ("Open", "HalfOpen", "Closed")),
    *(f"{strategy}SearchFailed" for strategy in ("Keyword", "Vector")),
    *(f"{artefact}{what}" for artefact in ("Catalogue", "Model") for what in ("Refused", "PollFailed")),
}
"""Metrics whose names the code puts together."""
WINDOWS = {f"budget-{window}" for window in ("1h", "5m", "6h", "30m", "1d", "2h")}
"""Parts of the budget's alarms, which tell nobody by themselves."""
RELEASE = {
    *("SearchReleaseFails", "SearchReleaseIsSlow"),
    *("InvalidationReleaseFails", "EventsReleaseFails", "ExperimentsReleaseFails", "SonaReleaseFails"),
}
EXPECTED = {
    *WINDOWS,
    *("latency", "fallback", "sona-failures", "cache-hit-share", "cache-failures", "cache-throttles"),
    *("policy-age", "policy-refused", "policy-unavailable", "catalogue-refused", "retrieval", "dead-letters"),
    *("throttles", "search-release-fails", "search-release-is-slow", "invalidation-release-fails"),
    *("events-release-fails", "events-fail", "profile-queue-age", "profile-letters", "lake-delay"),
    *("experiments-fail", "experiments-release-fails"),
}


OF_OUR_SONA = {
    *("sona-errors", "sona-latency", "sona-store", "sona-model", "sona-throttles", "sona-changes-lag"),
    "sona-release-fails",
}
SERVICES = ("search", "invalidation", "events", "profile-events", "experiments", "sona", "sona-changes")


@pytest.fixture(scope="module")
def emitted() -> str:
    """The code that emits metrics."""
    folders = ROOT / "layers" / "discovery" / "discovery", ROOT / "functions", ROOT / "sona"
    return "".join(path.read_text() for folder in folders for path in folder.rglob("*.py"))


def alarms(resources: Resources) -> dict[str, dict[str, Any]]:
    found = (one for _, one in of_type(resources, "AWS::CloudWatch::Alarm"))
    return {one["AlarmName"].removeprefix("discovery-prod-"): one for one in found}


def watched(resources: Resources) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Namespace, name and dimensions of all metrics that alarms and dashboard read."""
    for alarm in alarms(resources).values():
        plain = [alarm] if "MetricName" in alarm else []
        for one in [
            *plain,
            *(part["MetricStat"]["Metric"] for part in alarm.get("Metrics", ()) if "MetricStat" in part),
        ]:
            dimensions = {dimension["Name"]: dimension["Value"] for dimension in one["Dimensions"]}
            yield one["Namespace"], one["MetricName"], dimensions
    for widget in widgets(resources):
        for metric in widget["properties"].get("metrics", ()):
            if metric[0] == OURS:
                yield metric[0], metric[1], {metric[2]: metric[3]}


def widgets(resources: Resources) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(resources["Dashboard"]["Properties"]["DashboardBody"])["widgets"]
    return found


def composites(resources: Resources) -> dict[str, dict[str, Any]]:
    found = (one for _, one in of_type(resources, "AWS::CloudWatch::CompositeAlarm"))
    return {one["AlarmName"].removeprefix("discovery-prod-"): one for one in found}


def test_there_is_an_alarm_for_each_thing_that_can_go_wrong(stack: Stack) -> None:
    assert alarms(stack()).keys() == EXPECTED
    assert alarms(stack(**OWN_SONA)).keys() == EXPECTED | OF_OUR_SONA
    assert composites(stack()).keys() == {"budget-burns-fast", "budget-burns", "budget-burns-slowly"}


def test_every_metric_of_ours_that_is_watched_is_one_that_the_code_emits(stack: Stack, emitted: str) -> None:
    ours = {name for namespace, name, _ in watched(stack(**OWN_SONA)) if namespace == OURS}
    assert {name for name in ours if name not in COMPOSED and f'"{name}"' not in emitted} == set()
    assert ours > {"PolicyAge", "SonaFailed", "CacheHits", "UnhandledError", "Defects", "CatalogueRefused"}


def test_metrics_are_watched_where_the_functions_emit_them(stack: Stack) -> None:
    resources = stack(**OWN_SONA)
    variables = resources["SearchFunction"]["Properties"]["Environment"]["Variables"]
    assert variables["POWERTOOLS_METRICS_NAMESPACE"] == OURS
    for namespace, name, dimensions in watched(resources):
        if namespace == OURS:
            version = dimensions.pop("version", "")
            assert dimensions in [{"service": service} for service in SERVICES], name
            assert bool(version) == (name == "Defects"), name


def test_an_expression_uses_the_metrics_beside_it(stack: Stack) -> None:
    for name, alarm in alarms(stack(**OWN_SONA)).items():
        if "Metrics" in alarm:
            value, *parts = alarm["Metrics"]
            assert all(part["Id"] in value["Expression"] for part in parts), name
            assert [part["ReturnData"] for part in parts] == [False] * len(parts)


def test_silence_is_no_alarm(stack: Stack) -> None:
    assert {alarm["TreatMissingData"] for alarm in alarms(stack(**OWN_SONA)).values()} == {"notBreaching"}


@pytest.mark.parametrize(
    ("values", "told"),
    [({}, []), ({"AlarmTopicArn": "arn:topic"}, ["arn:topic"]), ({"AlarmEmail": "a@example.com"}, ["<AlarmTopic>"])],
    ids=["nobody", "a topic", "an address"],
)
def test_alarms_tell_whoever_is_to_be_told(values: dict[str, str], told: list[str], stack: Stack) -> None:
    resources = stack(**OWN_SONA, **values)
    telling = {name: one for name, one in alarms(resources).items() if name not in WINDOWS} | composites(resources)
    assert {tuple(alarm["AlarmActions"]) for alarm in telling.values()} == {tuple(told)}
    assert not [name for name in WINDOWS if "AlarmActions" in alarms(resources)[name]]


def test_release_alarms_watch_the_version_being_released_and_nothing_else(stack: Stack) -> None:
    """An alarm over all versions would stop the release that fixes its cause."""
    resources = stack(**OWN_SONA)
    for name in RELEASE:
        function = f"{name.split('Release')[0]}Function"
        version = f"<{function}Version"
        for part in resources[name]["Properties"]["Metrics"][1:]:
            metric = part["MetricStat"]["Metric"]
            dimensions = {one["Name"]: one["Value"] for one in metric["Dimensions"]}
            if metric["MetricName"] == "Defects":
                assert dimensions["version"].startswith(version)
            else:
                assert dimensions["Resource"] == f"<{function}>:live"
                assert dimensions["ExecutedVersion"].startswith(version)


@pytest.mark.parametrize("values", [{}, OWN_SONA], ids=["a SONA that is brought", "our own"])
def test_the_dashboard_shows_latency_and_hit_share_by_variant_and_every_alarm(
    values: dict[str, str], stack: Stack
) -> None:
    resources = stack(**values)
    shown = {one["properties"]["title"]: one for one in widgets(resources)}
    by_variant = shown["Latency by variant (99th percentile, ms)"]["properties"]["metrics"][0][0]

    assert 'variant} MetricName="SearchTime"' in by_variant["expression"]
    assert by_variant["expression"].startswith(f"SEARCH('{{{OURS},service,variant}}")
    assert "hit_share" in shown["By variant: searches, cache hits (%), personalized (%)"]["properties"]["query"]
    listed = {arn.strip("<>").removesuffix(".Arn") for arn in shown["Alarms"]["properties"]["alarms"]}
    every = dict(of_type(resources, "AWS::CloudWatch::Alarm"))
    every |= dict(of_type(resources, "AWS::CloudWatch::CompositeAlarm"))
    # The cache is not always ours; a release's alarms are CodeDeploy's; windows are parts of other alarms.
    windows = {name for name, one in every.items() if one["AlarmName"].removeprefix("discovery-prod-") in WINDOWS}
    assert listed == every.keys() - {"CacheThrottles"} - RELEASE - windows


def test_the_dashboard_of_another_region_is_another_one(stack: Stack) -> None:
    """Dashboards are the account's: one of the same name would be overwritten ("PutDashboard")."""
    assert stack()["Dashboard"]["Properties"]["DashboardName"] == "discovery-prod-us-east-1"


def test_widgets_do_not_overlap_and_fill_the_width(stack: Stack) -> None:
    taken: set[tuple[int, int]] = set()
    for one in widgets(stack(**EVERYTHING | OWN_SONA)):
        cells = {(one["x"] + x, one["y"] + y) for x in range(one["width"]) for y in range(one["height"])}
        assert not taken & cells, one["properties"]["title"]
        taken |= cells
    assert {x for x, _ in taken} == set(range(24))
