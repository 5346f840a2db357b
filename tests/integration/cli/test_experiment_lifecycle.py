"""`discovery experiment create | start | pause | resume | complete | list | show | holdout` against a real SSM API."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.integration.cli.conftest import Discovery

Values = Callable[[], dict[str, str]]

HALVES = ("--variants", "control=0.5,high_boost=0.5")


def listed(discovery: Discovery) -> dict[str, dict[str, Any]]:
    document = json.loads(discovery("experiment", "list", "--json").stdout)
    return {one["name"]: one for one in document["experiments"]}


def test_an_experiment_lives_from_draft_to_completed(discovery: Discovery, values: Values) -> None:
    statuses = []
    for step in ("create", "start", "pause", "resume", "complete"):
        options = (*HALVES, "--allocation", "0.2", "--slot", "0.1") if step == "create" else ()
        result = discovery("experiment", step, "spring", *options, "--yes")
        assert result.exit_code == 0, result.stderr
        statuses.append(listed(discovery)["spring"]["status"])

    assert statuses == ["draft", "running", "paused", "running", "completed"]
    assert json.loads(values()["experiments/spring"]) == {
        "name": "spring",
        "traffic_allocation": 0.2,
        "variants": {"control": 0.5, "high_boost": 0.5},
        "layer": "weight",
        "slot": 0.1,
        "status": "completed",
    }


def test_resuming_starts_another_epoch_and_a_draft_has_none(discovery: Discovery) -> None:
    discovery("experiment", "create", "spring", *HALVES, "--yes")
    draft = listed(discovery)["spring"]["epoch"]
    discovery("experiment", "start", "spring", "--yes")
    first = listed(discovery)["spring"]["epoch"]
    discovery("experiment", "pause", "spring", "--yes")
    resumed = discovery("experiment", "resume", "spring", "--yes")
    second = listed(discovery)["spring"]["epoch"]

    assert draft is None
    assert first
    assert second
    assert first != second
    assert "starts a new epoch of the experiment spring" in resumed.stderr


def test_a_slot_that_is_taken_is_refused_at_the_start_and_nothing_is_written(
    discovery: Discovery, values: Values
) -> None:
    discovery("experiment", "create", "spring", *HALVES, "--allocation", "0.5", "--yes")
    discovery("experiment", "create", "summer", *HALVES, "--allocation", "0.5", "--slot", "0.4", "--yes")
    discovery("experiment", "start", "spring", "--yes")

    result = discovery("experiment", "start", "summer", "--yes")

    assert result.exit_code == 3
    assert "overlaps the slot of experiments/spring in the layer weight" in result.stderr
    assert json.loads(values()["experiments/summer"])["status"] == "draft"


def test_an_experiment_is_known_whichever_parameter_it_is_in(discovery: Discovery, values: Values) -> None:
    discovery("experiment", "start", "--name", "old", *HALVES, "--yes")

    assert discovery("experiment", "pause", "old", "--yes").exit_code == 0
    assert json.loads(values()["experiment"])["status"] == "paused"
    assert listed(discovery)["old"]["parameter"] == "experiment"


def test_two_experiments_have_two_names(discovery: Discovery) -> None:
    discovery("experiment", "start", "--name", "old", *HALVES, "--yes")
    discovery("experiment", "create", "spring", *HALVES, "--layer", "page", "--yes")
    discovery("experiment", "start", "spring", "--yes")

    taken = discovery("experiment", "create", "old", *HALVES, "--yes")
    running = discovery("experiment", "create", "spring", *HALVES, "--yes")

    assert (taken.exit_code, running.exit_code) == (2, 2)
    assert "There is an experiment spring already. It is running." in running.stderr


def test_a_draft_can_be_replaced(discovery: Discovery, values: Values) -> None:
    discovery("experiment", "create", "spring", *HALVES, "--yes")

    assert discovery("experiment", "create", "spring", *HALVES, "--allocation", "0.3", "--yes").exit_code == 0
    assert json.loads(values()["experiments/spring"])["traffic_allocation"] == 0.3


def test_a_step_that_was_taken_writes_nothing(discovery: Discovery) -> None:
    discovery("experiment", "create", "spring", *HALVES, "--yes")
    discovery("experiment", "start", "spring", "--yes")

    result = discovery("experiment", "start", "spring", "--yes")

    assert result.exit_code == 0
    assert "Nothing is written" in result.stdout


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (("pause", "nobody"), "There is no experiment nobody"),
        (("show", "nobody"), "There is no experiment nobody"),
        (("complete", "spring"), "only one that is running or paused can be completed"),
    ],
)
def test_what_can_not_be_done_is_exit_code_2(discovery: Discovery, command: tuple[str, ...], said: str) -> None:
    discovery("experiment", "create", "spring", *HALVES, "--yes")

    result = discovery("experiment", *command, *([] if command[0] == "show" else ["--yes"]))

    assert result.exit_code == 2
    assert said in " ".join(result.stderr.split())


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (("--variants", "control=0.5,nobody=0.5"), "unknown variants: nobody"),
        (("--variants", "control=0.9,high_boost=0.1", "--mode", "multileave"), "the shares are not equal"),
        ((*HALVES, "--allocation", "0.6", "--slot", "0.5"), "slot and traffic_allocation sum to more than 1"),
        ((*HALVES, "--layer", "Page"), "layer is not a name"),
        ((*HALVES, "--layer", "page", "--mode", "multileave"), "multileaves weights"),
    ],
)
def test_a_bad_experiment_is_exit_code_3_when_it_is_created_or_started(
    discovery: Discovery, options: tuple[str, ...], reason: str
) -> None:
    results = [
        discovery("experiment", "create", "spring", *options, "--yes"),
        discovery("experiment", "start", "spring", "--yes"),
    ]

    assert 3 in [result.exit_code for result in results]
    assert reason in "".join(result.stderr for result in results)


def test_what_is_larger_than_a_parameter_can_be_is_refused_before_it_is_written(
    discovery: Discovery, values: Values, tmp_path: Path
) -> None:
    def create(name: str, size: int) -> Any:
        document = {"name": name, "traffic_allocation": 1, "layer": "page", "variants": {"a": 1}, "salt": "s" * size}
        (tmp_path / "experiment.json").write_text(json.dumps(document))
        return discovery("experiment", "create", name, "--file", str(tmp_path / "experiment.json"), "--yes")

    large, too_large = create("large", 5_000), create("huge", 9_000)

    assert large.exit_code == 0
    assert "over 4 KB, so it becomes an advanced parameter" in large.stderr
    assert too_large.exit_code == 3
    assert "Parameter Store takes 8192 at most" in too_large.stderr
    assert list(values()) == ["experiments/large"]


def test_people_can_be_held_out_of_all_experiments(discovery: Discovery, values: Values) -> None:
    assert discovery("experiment", "holdout", "0.05", "--yes").exit_code == 0
    assert values()["holdout"] == "0.05"
    assert json.loads(discovery("experiment", "list", "--json").stdout)["holdout"] == 0.05

    refused = discovery("experiment", "holdout", "-0.1", "--yes")

    assert refused.exit_code == 3
    assert "not in [0, 1]" in refused.stderr


def test_what_is_listed_and_shown_can_be_read(discovery: Discovery) -> None:
    discovery("experiment", "create", "spring", *HALVES, "--allocation", "0.2", "--yes")

    table, shown = discovery("experiment", "list").stdout, discovery("experiment", "show", "spring").stdout

    assert all(word in table for word in ("spring", "draft", "weight", "0 to 0.2", "20 %"))
    assert "Experiment spring: draft. Parameter experiments/spring, version 1" in shown
    assert "high_boost" in shown


def test_layers_are_simulated_with_drafts_too(discovery: Discovery) -> None:
    discovery("experiment", "create", "spring", *HALVES, "--allocation", "0.5", "--yes")
    discovery("experiment", "create", "summer", *HALVES, "--allocation", "0.5", "--slot", "0.5", "--yes")
    discovery("experiment", "create", "posters", "--variants", "small=0.5,large=0.5", "--layer", "page", "--yes")

    found = json.loads(discovery("experiment", "simulate", "--layers", "--users", "2000", "--json").stdout)
    pairs = {(pair["one"], pair["other"]): pair for pair in found["pairs"]}

    assert sum(one["people"] for one in found["experiments"] if one["layer"] == "weight") == 2000
    assert pairs["spring", "summer"]["together"] == 0
    assert pairs["posters", "spring"]["cramers_v"] < 0.1
    assert discovery("experiment", "simulate", "--layers", "--users", "1000").exit_code == 0
