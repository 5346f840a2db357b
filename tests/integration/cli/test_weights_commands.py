"""`discovery weights`: what is printed, what is written, and the exit codes."""

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer

import httpx
import pytest
import respx

from tests.integration.cli.conftest import Discovery
from tests.integration.conftest import Put

Values = Callable[[], dict[str, str]]

EXPERIMENT = '{"name": "spring", "traffic_allocation": 0.1, "variants": {"control": 0.5, "high_boost": 0.5}}'


@pytest.fixture
def _variants(put: Put) -> None:
    put("variants/control", "0.0")
    put("variants/high_boost", "0.40")


BAD = [
    ("1.5", "not in [0, 1]"),
    ("-0.1", "not in [0, 1]"),
    ("abc", "not a number"),
    ("NaN", "not a number"),
    ("inf", "not a number"),
    ("", "not a number"),
]


@pytest.mark.parametrize(("value", "reason"), BAD)
@pytest.mark.usefixtures("_variants")
def test_a_bad_weight_is_exit_code_3_and_nothing_is_written(
    discovery: Discovery, values: Values, value: str, reason: str
) -> None:
    before = values()

    result = discovery("weights", "set", "high_boost", value, "--yes")

    assert result.exit_code == 3
    assert result.stderr == f"Error: refused: variants/high_boost = {value!r}: {reason}\n"
    assert result.stdout == ""
    assert values() == before


def test_a_refusal_is_a_document_for_scripts(discovery: Discovery) -> None:
    result = discovery("weights", "set", "boost_weight", "1.5", "--yes", "--json")

    assert result.exit_code == 3
    document = json.loads(result.stdout)
    assert (document["exit_code"], document["written"]) == (3, False)
    assert document["refusals"] == [{"parameter": "boost_weight", "value": "1.5", "reason": "not in [0, 1]"}]


@pytest.mark.parametrize(("value", "reason"), [bad for bad in BAD if bad[0]])
def test_a_bad_weight_that_came_another_way_is_listed_with_its_reason(
    discovery: Discovery, put: Put, value: str, reason: str
) -> None:
    put("boost_weight", value)

    result = discovery("weights", "list")

    assert result.exit_code == 3
    assert f"refused: {reason}" in result.stdout
    assert "searches keep the last good one" in result.stdout


@pytest.mark.parametrize(
    ("experiment", "reason"),
    [
        (EXPERIMENT.replace("0.5}", "0.7}"), "the shares sum to 1.2, not to 1"),
        (EXPERIMENT.replace("control", "nobody"), "unknown variants: nobody"),
        ("control 50, high 50", "not JSON: "),
    ],
)
@pytest.mark.usefixtures("_variants")
def test_a_bad_experiment_that_came_another_way_is_listed_with_its_reason(
    discovery: Discovery, put: Put, experiment: str, reason: str
) -> None:
    put("experiment", experiment)

    document = json.loads(discovery("weights", "list", "--json").stdout)

    assert document["policy"] is None
    (row,) = [row for row in document["parameters"] if not row["accepted"]]
    assert row["name"] == "experiment"
    assert reason in row["reason"]


def test_what_parameter_store_lacks_is_listed_as_built_in(discovery: Discovery) -> None:
    result = discovery("weights", "list", "--json")

    assert result.exit_code == 0
    document = json.loads(result.stdout)
    assert document["policy"]["version"] == "default"
    assert {row["source"] for row in document["parameters"]} == {"built-in"}


def test_a_name_that_the_service_does_not_know_is_listed_as_ignored(discovery: Discovery, put: Put) -> None:
    put("future", "yes")

    (row,) = [
        row
        for row in json.loads(discovery("weights", "list", "--json").stdout)["parameters"]
        if row["name"] == "future"
    ]

    assert row["source"] == "ignored"


@pytest.mark.parametrize(
    "arguments", [("history", "nobody"), ("set", "enabled", "true"), ("remove", "nobody"), ("rollback", "nobody")]
)
def test_wrong_usage_is_a_document_for_scripts_too(discovery: Discovery, arguments: tuple[str, ...]) -> None:
    result = discovery("weights", *arguments, "--json")

    assert result.exit_code == 2
    document = json.loads(result.stdout)
    assert document["exit_code"] == 2
    assert document["error"] in result.stderr


@pytest.mark.usefixtures("_variants")
def test_a_weight_is_set_trimmed_and_shown_with_the_old_one(discovery: Discovery, values: Values) -> None:
    result = discovery("weights", "set", "high_boost", "0.5\n", "--yes")

    assert result.exit_code == 0
    assert "0.40" in result.stderr
    assert "written as version 2" in result.stdout
    assert values()["variants/high_boost"] == "0.5"


def test_a_trailing_newline_that_came_another_way_is_accepted(discovery: Discovery, put: Put) -> None:
    put("boost_weight", "0.3\n")

    result = discovery("weights", "list")

    assert result.exit_code == 0
    assert r"'0.3\n'" in result.stdout


@pytest.mark.usefixtures("_variants")
def test_the_same_weight_is_not_written_again(discovery: Discovery) -> None:
    result = discovery("weights", "set", "high_boost", "0.4", "--yes")
    history = json.loads(discovery("weights", "history", "high_boost", "--json").stdout)

    assert result.exit_code == 0
    assert "variants/high_boost is already 0.4. Nothing is written." in result.stdout
    assert [version["version"] for version in history["versions"]] == [1]


@pytest.mark.usefixtures("_variants")
def test_nobody_to_ask_is_exit_code_4_and_nothing_is_written(discovery: Discovery, values: Values) -> None:
    before = values()

    result = discovery("weights", "set", "high_boost", "0.5", "--json")

    assert result.exit_code == 4
    assert json.loads(result.stdout)["written"] is False
    assert values() == before


@pytest.mark.usefixtures("_variants")
def test_a_weight_of_the_experiment_warns_of_a_new_epoch(discovery: Discovery, put: Put) -> None:
    put("experiment", EXPERIMENT)

    document = json.loads(discovery("weights", "set", "high_boost", "0.5", "--yes", "--json").stdout)

    assert document["starts_epoch"]
    assert document["consequences"] == [
        "This starts a new epoch of the experiment spring. An analysis counts from here."
    ]


def test_one_of_two_bad_values_is_mended_and_the_other_named(discovery: Discovery, put: Put, values: Values) -> None:
    put("boost_weight", "abc")
    put("enabled", "maybe")

    result = discovery("weights", "set", "boost_weight", "0.3", "--yes")

    assert result.exit_code == 3
    assert "enabled = 'maybe': neither true nor false" in result.stdout
    assert values()["boost_weight"] == "0.3"


@pytest.mark.usefixtures("_variants")
def test_a_variant_is_removed_unless_the_experiment_uses_it(discovery: Discovery, put: Put, values: Values) -> None:
    put("experiment", EXPERIMENT)
    put("variants/idle", "0.1")

    used = discovery("weights", "remove", "high_boost", "--yes")
    idle = discovery("weights", "remove", "idle", "--yes")
    gone = discovery("weights", "remove", "idle", "--yes")

    assert (used.exit_code, idle.exit_code, gone.exit_code) == (3, 0, 2)
    assert "unknown variants: high_boost" in used.stderr
    assert set(values()) == {"experiment", "variants/control", "variants/high_boost"}


def test_history_has_every_version_the_newest_first(discovery: Discovery, put: Put) -> None:
    for number in range(60):  # more than a page of fifty
        put("boost_weight", f"0.{number:02}")

    document = json.loads(discovery("weights", "history", "boost_weight", "--limit", "55", "--json").stdout)

    assert [version["version"] for version in document["versions"]] == [*range(60, 5, -1)]
    assert document["versions"][0]["value"] == "0.59"


def test_rollback_writes_the_value_before_as_a_new_version(discovery: Discovery, put: Put, values: Values) -> None:
    for value in ("0.1", "0.2", "0.3"):
        put("boost_weight", value)

    first = discovery("weights", "rollback", "boost_weight", "--yes")
    rolled_back = values()["boost_weight"]
    second = discovery("weights", "rollback", "boost_weight", "--to", "1", "--yes")

    assert (first.exit_code, second.exit_code) == (0, 0)
    assert rolled_back == "0.2"
    assert values()["boost_weight"] == "0.1"
    assert "written as version 5" in second.stdout


def test_rollback_to_a_value_that_is_refused_writes_nothing(discovery: Discovery, put: Put, values: Values) -> None:
    put("boost_weight", "abc")
    put("boost_weight", "0.3")

    result = discovery("weights", "rollback", "boost_weight", "--yes")

    assert result.exit_code == 3
    assert values()["boost_weight"] == "0.3"


@pytest.mark.parametrize(
    "arguments",
    [
        ("rollback", "boost_weight"),  # the only version
        ("rollback", "boost_weight", "--to", "7"),
        ("rollback", "nothing"),
        ("rollback", "cache_generation"),
        ("history", "nothing"),
        ("set", "enabled", "false"),
        ("set", "cache_generation", "3"),
        ("remove", "boost_weight"),
        ("set", "boost_weight", "0.5", "--watch"),
    ],
)
def test_wrong_usage_is_exit_code_2(discovery: Discovery, put: Put, arguments: tuple[str, ...]) -> None:
    put("boost_weight", "0.3")
    put("cache_generation", "2")

    assert discovery("weights", *arguments, "--yes" if arguments[0] != "history" else "--json").exit_code == 2


def test_the_switch_is_turned(discovery: Discovery, values: Values) -> None:
    off, switched_off = discovery("weights", "disable", "--yes"), values()["enabled"]
    on = discovery("weights", "enable", "--yes")

    assert (off.exit_code, on.exit_code) == (0, 0)
    assert switched_off == "false"
    assert values()["enabled"] == "true"


@pytest.mark.parametrize("arguments", [("weights", "list"), ("weights", "set", "boost_weight", "0.3", "--yes")])
def test_an_api_that_is_not_there_is_exit_code_1(
    discovery: Discovery, arguments: tuple[str, ...], unused_tcp_port: int
) -> None:
    result = discovery(*arguments, "--json", "--endpoint-url", f"http://127.0.0.1:{unused_tcp_port}")

    assert result.exit_code == 1
    assert "Parameter Store: " in json.loads(result.stdout)["error"]


@pytest.mark.parametrize("option", [("--profile", "nobody"), ("--endpoint-url", "no url")])
def test_a_profile_or_endpoint_that_can_not_be_is_exit_code_1(discovery: Discovery, option: tuple[str, str]) -> None:
    assert discovery("weights", "list", *option).exit_code == 1


def test_a_prefix_goes_before_the_stage(discovery: Discovery, put: Put, stage: str) -> None:
    put("boost_weight", "0.3")

    result = discovery("weights", "list", "--json", "--stage", "x", "--prefix", f"/discovery/{stage}/personalization")

    assert json.loads(result.stdout)["policy"]["boost_weight"] == 0.3


def test_a_place_without_any_parameter_is_pointed_out(discovery: Discovery, put: Put) -> None:
    """A wrong region looks like a stage with nothing but built-in values."""
    listed = discovery("weights", "list", "--region", "us-west-2")
    edited = discovery("weights", "set", "boost_weight", "0.3", "--region", "us-west-2")
    put("boost_weight", "0.3")

    assert "Check the stage, the region and the account." in listed.stderr
    assert "Check the stage, the region and the account." in edited.stderr
    assert "Check the stage" not in discovery("weights", "list").stderr


@respx.mock
def test_an_edit_is_watched_until_the_api_has_it(discovery: Discovery, put: Put) -> None:
    put("boost_weight", "0.5")
    version = json.loads(discovery("weights", "list", "--json").stdout)["policy"]["version"]
    put("boost_weight", "0.3")
    answers = [httpx.Response(200, json={"policy_version": answered}) for answered in ("old", version)]
    respx.get("https://api.test/v1/health").mock(side_effect=answers)

    result = discovery(
        "weights", "set", "boost_weight", "0.5", "--yes", "--watch", "--url", "https://api.test", "--json"
    )

    assert result.exit_code == 0
    document = json.loads(result.stdout)
    assert (document["written"], document["policy_version"]) == (True, version)
    assert document["seconds"] > 0


@respx.mock
def test_an_edit_that_is_not_seen_in_time_is_exit_code_5_and_written(discovery: Discovery, values: Values) -> None:
    respx.get("https://api.test/v1/health").mock(return_value=httpx.Response(200, json={"policy_version": "old"}))
    watch = ("--watch", "--url", "https://api.test", "--timeout", "0.3")

    result = discovery("weights", "set", "boost_weight", "0.5", "--yes", *watch, "--json")

    assert result.exit_code == 5
    document = json.loads(result.stdout)
    assert (document["written"], document["answered"], document["seconds"]) == (True, "old", None)
    assert values()["boost_weight"] == "0.5"


def test_a_policy_that_is_refused_can_not_be_watched(discovery: Discovery, put: Put) -> None:
    put("boost_weight", "abc")

    assert discovery("weights", "watch", "--url", "https://api.test").exit_code == 3


@respx.mock
def test_watching_a_parameter_says_how_long_ago_it_was_changed(discovery: Discovery, put: Put) -> None:
    put("boost_weight", "0.3")
    version = json.loads(discovery("weights", "list", "--json").stdout)["policy"]["version"]
    respx.get("https://api.test/v1/health").mock(return_value=httpx.Response(200, json={"policy_version": version}))

    document = json.loads(discovery("weights", "watch", "boost_weight", "--url", "https://api.test", "--json").stdout)

    assert document["policy_version"] == version
    assert document["seconds_since_edit"] > 0


def test_a_parameter_that_does_not_exist_can_not_be_watched(discovery: Discovery) -> None:
    result = discovery("weights", "watch", "nobody", "--url", "https://api.test")

    assert result.exit_code == 2
    assert "There is no parameter" in result.stderr


class ReadsOnly(BaseHTTPRequestHandler):
    """Parameter Store for a role that may read parameters but not describe them."""

    def do_POST(self) -> None:
        may = self.headers["X-Amz-Target"].endswith("GetParametersByPath")
        body = json.dumps({"Parameters": []} if may else {"__type": "AccessDeniedException"}).encode()
        self.send_response(200 if may else 400)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def test_without_the_right_to_see_authors_everything_else_is_listed(discovery: Discovery) -> None:
    with HTTPServer(("127.0.0.1", 0), ReadsOnly) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        result = discovery("weights", "list", "--endpoint-url", f"http://127.0.0.1:{server.server_port}")
        server.shutdown()
        thread.join()

    assert result.exit_code == 0
    assert "Could not read who changed them last: " in result.stderr
    assert "boost_weight" in result.stdout
