"""`discovery experiment`: what is printed, what is written, and the exit codes."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.integration.cli.conftest import Discovery
from tests.integration.conftest import Put

Values = Callable[[], dict[str, str]]

SPRING = ("--name", "spring", "--variants", "control=0.5,high_boost=0.5", "--allocation", "0.1")


def test_an_experiment_is_started_shown_and_stopped(discovery: Discovery, values: Values) -> None:
    started = discovery("experiment", "start", *SPRING, "--end", "2999-01-01T00:00:00Z", "--yes")
    shown = json.loads(discovery("experiment", "status", "--json").stdout)
    stopped = discovery("experiment", "stop", "--yes")

    assert (started.exit_code, stopped.exit_code) == (0, 0)
    assert "epoch" in started.stdout
    assert (shown["experiment"], shown["runs"], shown["traffic_allocation"]) == ("spring", True, 0.1)
    assert shown["variants"]["high_boost"] == {"weight": 0.4, "share": 0.5, "of_all": 0.05}
    assert shown["days_left"] > 300_000
    assert "ends the experiment spring" in stopped.stderr
    assert values()["experiment"] == "{}"


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (("--name", "s", "--variants", "control=0.5,high_boost=0.7"), "the shares sum to 1.2, not to 1"),
        (("--name", "s", "--variants", "control=0.5,nobody=0.5"), "unknown variants: nobody"),
        ((*SPRING, "--end", "tomorrow"), "end is not a time of RFC 3339"),
        ((*SPRING[:4], "--allocation", "1.5"), "traffic_allocation is not a number in [0, 1]"),
        ((*SPRING[:4], "--allocation", "nan"), "traffic_allocation is not a number in [0, 1]"),
    ],
)
def test_a_bad_experiment_is_exit_code_3_and_nothing_is_written(
    discovery: Discovery, values: Values, options: tuple[str, ...], reason: str
) -> None:
    result = discovery("experiment", "start", *options, "--yes")

    assert result.exit_code == 3
    assert reason in result.stderr
    assert values() == {}


def test_a_file_that_is_not_json_is_refused(discovery: Discovery, values: Values, tmp_path: Path) -> None:
    (tmp_path / "experiment.json").write_text("control: 0.5")

    result = discovery("experiment", "start", "--file", str(tmp_path / "experiment.json"), "--yes")

    assert result.exit_code == 3
    assert "not JSON: " in result.stderr
    assert values() == {}


def test_a_file_says_it_all(discovery: Discovery, values: Values, tmp_path: Path) -> None:
    text = '{"name": "f", "traffic_allocation": 1, "variants": {"control": 1}}'
    (tmp_path / "experiment.json").write_text(f"{text}\n")
    file = ("--file", str(tmp_path / "experiment.json"))

    assert discovery("experiment", "start", *file, "--name", "other", "--yes").exit_code == 2
    assert discovery("experiment", "start", *file, "--yes").exit_code == 0
    assert values()["experiment"] == text


@pytest.mark.parametrize(
    "options",
    [
        (),
        ("--name", "s"),
        ("--name", "s", "--variants", "control"),
        ("--name", "s", "--variants", "control=0.5,control=0.5"),
    ],
)
def test_wrong_usage_is_exit_code_2(discovery: Discovery, options: tuple[str, ...]) -> None:
    assert discovery("experiment", "start", *options, "--yes").exit_code == 2


def test_stopping_what_does_not_run_writes_nothing(discovery: Discovery, put: Put) -> None:
    put("experiment", "{}")

    result = discovery("experiment", "stop", "--yes")

    assert result.exit_code == 0
    assert "Nothing is written" in result.stdout


def test_a_broken_experiment_is_stopped_all_the_same(discovery: Discovery, put: Put, values: Values) -> None:
    put("experiment", "not JSON")

    broken = discovery("experiment", "status")
    stopped = discovery("experiment", "stop", "--yes")

    assert (broken.exit_code, stopped.exit_code) == (3, 0)
    assert "With this edit it is accepted" in stopped.stderr
    assert values()["experiment"] == "{}"


def test_while_personalization_is_off_the_status_says_what_that_means(discovery: Discovery) -> None:
    discovery("experiment", "start", *SPRING, "--end", "2999-01-01T00:00:00Z", "--yes")
    running = discovery("experiment", "status")
    discovery("weights", "disable", "--yes")
    off = discovery("experiment", "status")

    assert "days are left." in running.stdout
    assert "! Personalization is switched off" not in running.stdout
    assert "! Personalization is switched off" in off.stdout


def test_a_file_that_is_not_text_is_wrong_usage(discovery: Discovery, tmp_path: Path) -> None:
    (tmp_path / "experiment.json").write_bytes(b"\xff\xfe")

    result = discovery("experiment", "start", "--file", str(tmp_path / "experiment.json"), "--yes")

    assert result.exit_code == 2
    assert "is not UTF-8 text." in result.stderr


def test_without_an_experiment_the_status_says_so(discovery: Discovery) -> None:
    assert "No experiment" in discovery("experiment", "status").stdout
    assert discovery("experiment", "simulate").exit_code == 2


def test_the_current_experiment_is_simulated(discovery: Discovery) -> None:
    discovery("experiment", "start", *SPRING, "--yes")

    document = json.loads(discovery("experiment", "simulate", "--users", "5000", "--json").stdout)

    assert document["experiment"] == "spring"
    assert 400 < document["taking_part"] < 600
    assert document["raised_allocation"]["moved"] == 0


def test_a_file_is_simulated_without_any_aws(discovery: Discovery, aws: pytest.MonkeyPatch, tmp_path: Path) -> None:
    aws.delenv("AWS_DEFAULT_REGION")
    (tmp_path / "good.json").write_text('{"name": "f", "traffic_allocation": 1, "variants": {"a": 0.3, "b": 0.7}}')
    (tmp_path / "bad.json").write_text('{"name": "f", "traffic_allocation": 1, "variants": {"a": 0.3, "b": 0.9}}')
    good, bad = (
        discovery("experiment", "simulate", "--users", "2000", "--file", str(tmp_path / file))
        for file in ("good.json", "bad.json")
    )

    assert (good.exit_code, bad.exit_code) == (0, 3)
    assert "moves 0 of the first" in good.stdout
    assert "the shares sum to 1.2" in bad.stderr
