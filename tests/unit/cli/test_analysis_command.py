"""`discovery experiment analyse | plan`, on small lakes in a folder."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result

from discovery_cli import main
from tests.lakes import BEGIN, DAY, HOUR, NAME, SECOND, exposure, outcome, outside, write_json

UNREADABLE = 6
SHARES = "control=0.5,high_boost=0.5"
Analyse = Callable[..., Result]


@pytest.fixture
def analyse(tmp_path: Path) -> Analyse:
    def run(*options: str, name: str = NAME, variants: str = SHARES) -> Result:
        arguments = ["experiment", "analyse", name, "--lake", str(tmp_path), "--variants", variants, *options]
        return CliRunner().invoke(main, arguments, env={"COLUMNS": "220"})

    return run


def fill(
    lake: Path, *, people: int = 400, days: float = 3, variants: tuple[str, ...] = ("control", "high_boost")
) -> None:
    """People in turns in each variant, of whom those of the last click and play about twice as often."""
    drawn = np.random.default_rng(1)
    exposures, outcomes = [], []
    for n in range(people):
        person, variant = f"person {n}", variants[n % len(variants)]
        exposures.append(outside(person, f"{person} before", BEGIN - DAY))
        for search in range(4):
            at = BEGIN + round((search / 3) * days * DAY)
            exposures.append(exposure(person, f"{person} {search}", at, variant=variant))
            if drawn.random() < (0.6 if variant == variants[-1] else 0.3):
                outcomes += [
                    outcome(person, f"{person} {search}", act, at + SECOND, value=20) for act in ("click", "play")
                ]
    write_json(lake, "exposures", exposures)
    write_json(lake, "outcomes", outcomes)


def test_tables_say_what_is_better_and_by_how_much(analyse: Analyse, tmp_path: Path) -> None:
    fill(tmp_path)
    result = analyse()
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("spring: high_boost: ")
    assert "high_boost against control" in result.stdout
    assert "People (sample ratio: p = 1)" in result.stdout
    assert re.search(r"plays .*\+\d+\.\d %.*better", result.stdout)
    assert "Read 2,000 searches" in result.stdout


def test_a_document_says_the_same_for_scripts(analyse: Analyse, tmp_path: Path) -> None:
    fill(tmp_path)
    document = json.loads(analyse("--json").stdout)
    assert (document["experiment"], document["readable"], document["mixed"]) == (NAME, True, 0)
    assert document["epoch"]["name"] == document["epochs"][0]["name"]
    assert [one["people"] for one in document["analysis"]["variants"]] == [200, 200]
    plays = document["analysis"]["variants"][1]["comparisons"][0]
    assert (plays["metric"]["name"], plays["outcome"]) == ("plays", "better")
    assert plays["sequence"]["low"] > 0


def test_a_document_which_is_what_is_stored_names_no_person(analyse: Analyse, tmp_path: Path) -> None:
    fill(tmp_path)
    write_json(tmp_path, "outcomes", ["{"], "damaged.json.gz")
    assert not re.search("[0-9a-f]{32}", analyse("--json").stdout)


def test_a_report_is_one_page_that_loads_nothing(analyse: Analyse, tmp_path: Path) -> None:
    fill(tmp_path)
    result = analyse("--report", str(tmp_path / "report"))
    page = (tmp_path / "report" / "spring.html").read_text()
    assert "report in" in result.stderr
    assert page.count("<svg") == 2
    assert "high_boost against control" in page
    assert not re.search(r'(src|href)="(?!#)', page)


@pytest.mark.parametrize(
    ("made", "verdict"),
    [
        ({}, "never ran: the lake has no exposures"),
        ({"people": 400, "days": 1 / 24}, "hour"),
        ({"variants": ("control",)}, "cannot be read: "),
        ({"variants": ("low_boost", "high_boost")}, "cannot be read: no variant control"),
        ({"variants": ("control", "high_boost", "high_boost", "high_boost")}, "sample ratio mismatch"),
    ],
    ids=["an empty lake", "an hour", "one variant", "no control", "other shares than meant"],
)
def test_what_can_not_be_read_is_said_in_a_sentence_and_by_the_exit_code(
    made: dict[str, Any], verdict: str, analyse: Analyse, tmp_path: Path
) -> None:
    if made:
        fill(tmp_path, **made)
    names = sorted(set(made.get("variants", ("control", "high_boost"))))
    result = analyse(variants=",".join(f"{name}={1 / len(names)}" for name in names))
    assert result.exit_code == UNREADABLE, result.output
    assert verdict in result.stdout.splitlines()[0]


def test_an_experiment_of_another_name_never_ran(analyse: Analyse, tmp_path: Path) -> None:
    fill(tmp_path, people=10)
    result = analyse(name="autumn")
    assert result.exit_code == UNREADABLE
    assert result.stdout.startswith("autumn: never ran: it assigned none of the 50 searches of the lake.")


def test_damage_is_told_and_stops_nothing(analyse: Analyse, tmp_path: Path) -> None:
    fill(tmp_path)
    write_json(tmp_path, "exposures", ['{"schema": "discov', "no JSON"], "damaged.json")
    cut = write_json(tmp_path, "outcomes", [outcome("ana", str(n)) for n in range(50)], "cut.json.gz")
    cut.write_bytes(cut.read_bytes()[:-60])
    result = analyse()
    assert result.exit_code == 0
    assert "2 damaged lines are left out." in result.stdout
    assert "1 damaged files are left out: outcomes/day=2026-05-15/cut.json.gz." in result.stdout


def test_a_lake_of_damaged_files_alone_says_so(analyse: Analyse, tmp_path: Path) -> None:
    write_json(tmp_path, "exposures", ["no", "JSON"])
    result = analyse()
    assert result.exit_code == UNREADABLE
    assert "all that the lake has is damaged" in result.stdout


def test_an_epoch_that_is_not_there_is_wrong_usage(analyse: Analyse, tmp_path: Path) -> None:
    fill(tmp_path, people=10)
    result = analyse("--epoch", "another")
    assert result.exit_code == 2
    assert "only 20260515T000000Z-b0b0b0" in result.stderr


@pytest.mark.parametrize("variants", ["control", "control=0.5", "control=a", "control=0.5,control=0.5"])
def test_shares_that_are_none_are_wrong_usage(variants: str, analyse: Analyse) -> None:
    assert analyse(variants=variants).exit_code == 2


def test_a_lake_that_is_not_there_is_unreachable(analyse: Analyse) -> None:
    result = analyse("--lake", "/no/such/folder")
    assert (result.exit_code, "no folder" in result.stderr) == (1, True)


def test_a_multileaved_experiment_says_which_weight_is_preferred(analyse: Analyse, tmp_path: Path) -> None:
    teams = [
        {"id": title, "rank": rank, "team": team}
        for rank, (title, team) in enumerate((("alien", "low"), ("heat", "high")))
    ]
    people = [f"person {n}" for n in range(200)]
    shown = {"variant": "(multileave)", "mode": "multileave", "shown": teams}
    write_json(tmp_path, "exposures", [exposure(one, one, BEGIN + HOUR, **shown) for one in people])
    clicked = [
        outcome(one, one, "click", BEGIN + HOUR + SECOND, content_id="heat" if n % 4 else "alien")
        for n, one in enumerate(people)
    ]
    write_json(tmp_path, "outcomes", clicked)
    result = analyse("--report", str(tmp_path), variants="low=0.5,high=0.5")
    assert result.exit_code == 0, result.output
    assert re.search(r"high over low .* 75\.0 % .* yes", result.stdout)
    assert (tmp_path / "spring.html").read_text().count("<svg") == 1


def test_a_plan_says_what_could_be_found_in_how_many_days(tmp_path: Path) -> None:
    fill(tmp_path)
    arguments = ["experiment", "plan", "--lake", str(tmp_path), "--days", "14", "--effect", "0.1"]
    shown, document = (
        CliRunner().invoke(main, [*arguments, *more], env={"COLUMNS": "220"}) for more in ((), ("--json",))
    )
    assert shown.exit_code == 0, shown.output
    assert "people for 10.0 %" in shown.stdout
    plays = json.loads(document.stdout)["metrics"][0]
    assert plays["metric"]["name"] == "plays"
    assert plays["people"] > 0


def test_a_plan_from_nobody_is_refused(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["experiment", "plan", "--lake", str(tmp_path)])
    assert result.exit_code == 2
    assert "at least two people" in result.stderr
