"""`discovery sona train`, on a small catalogue."""

import json
import random
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from discovery_cli import main
from sona.model.model import Model
from tests import catalogues

TITLES = [content.id for content in catalogues.CONTENTS]
PEOPLE = 12


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return catalogues.build(tmp_path_factory.mktemp("films"))


@pytest.fixture(scope="module")
def lines() -> list[str]:
    """A dozen people who each like all but four titles, one a day in an order of their own."""
    draws, lines = random.Random(1), []  # noqa: S311 - the same ones at every run
    for person in range(PEOPLE):
        for day, title in enumerate(draws.sample(TITLES, len(TITLES) - 4), 1):
            event = {"content_id": title, "timestamp": f"2026-01-{day:02}T00:00:00Z", "completion_rate": 1.0}
            lines.append(json.dumps({"user_id": f"p{person}"} | event))
    return lines


@pytest.fixture
def log(lines: list[str], tmp_path: Path) -> Path:
    file = tmp_path / "log.jsonl"
    file.write_text("\n".join(lines))
    return file


def train(log: Path, films: Path, out: Path, *options: object) -> Result:
    arguments = ["sona", "train", log, "--catalogue", films, "--out", out, *options]
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def test_a_log_becomes_a_model_and_the_summary_says_how_good_it_is(log: Path, films: Path, tmp_path: Path) -> None:
    result = train(log, films, tmp_path / "model")

    assert result.exit_code == 0, result.output
    model = Model.open(tmp_path / "model")
    said = dict(line.split(maxsplit=1) for line in result.stdout.splitlines())
    assert said["people"] == "12"
    assert said["model"] == model.id
    assert said["NDCG@10"].startswith(f"{model.manifest.figures['ndcg@10']:.3f} of held-out likes; popularity ")
    assert said["λ"] == f"{model.manifest.regularization:g}, solved by ease"
    assert {"events", "titles", "half", "size", "seconds"} <= said.keys()


def test_the_same_events_in_another_order_give_the_same_model_and_report(
    lines: list[str], films: Path, tmp_path: Path
) -> None:
    outs = [tmp_path / "one", tmp_path / "other"]
    for number, out in enumerate(outs):
        shuffled = random.Random(number).sample(lines, len(lines))  # noqa: S311
        (tmp_path / "log.jsonl").write_text("\n".join(shuffled))
        train(tmp_path / "log.jsonl", films, out)

    one, other = (
        {file.name: file.read_bytes() for file in (tmp_path / f"{out.name}-report").iterdir()} for out in outs
    )
    assert Model.open(outs[0]).id == Model.open(outs[1]).id
    assert one == other
    assert one.keys() == {"report.md", "regularization.svg", "calibration.svg", "long-tail.svg"}


def test_another_seed_is_another_model(log: Path, films: Path, tmp_path: Path) -> None:
    train(log, films, tmp_path / "one")
    train(log, films, tmp_path / "other", "--seed", 1)

    assert Model.open(tmp_path / "one").id != Model.open(tmp_path / "other").id


def test_a_report_goes_where_it_is_wanted_and_every_picture_in_it_is_there(
    log: Path, films: Path, tmp_path: Path
) -> None:
    train(log, films, tmp_path / "model", "--report", tmp_path / "deep" / "report")

    report = (tmp_path / "deep" / "report" / "report.md").read_text()
    pictures = [line.split("](")[1].rstrip(")") for line in report.splitlines() if line.startswith("![")]
    assert len(pictures) == 3
    assert all((tmp_path / "deep" / "report" / picture).read_text().startswith("<?xml") for picture in pictures)


def test_where_too_few_people_have_enough_likes_nothing_is_held_out_and_the_report_says_so(
    films: Path, tmp_path: Path, lines: list[str]
) -> None:
    (tmp_path / "log.jsonl").write_text("\n".join(lines[:30]))

    result = train(tmp_path / "log.jsonl", films, tmp_path / "model")

    assert "not measured: too few people with twenty likes" in result.stdout
    report = (tmp_path / "model-report" / "report.md").read_text()
    assert "Nothing was held out" in report
    assert "calibration.svg" not in report


def test_a_bad_row_stops_the_training_and_is_named(log: Path, films: Path, tmp_path: Path) -> None:
    log.write_text(log.read_text().replace('"completion_rate": 1.0', '"completion_rate": 7', 1))

    result = train(log, films, tmp_path / "model")

    assert result.exit_code == 1
    assert f"{log}: row 1, field 'completion_rate' is '7': not a number from 0 to 1" in " ".join(result.output.split())
    assert not (tmp_path / "model").exists()


def test_bad_rows_are_skipped_and_counted_where_that_is_asked_for(log: Path, films: Path, tmp_path: Path) -> None:
    log.write_text(f"{log.read_text()}\nnot JSON\n")

    result = train(log, films, tmp_path / "model", "--skip-bad")

    assert result.exit_code == 0, result.output
    assert dict(line.split(maxsplit=1) for line in result.stdout.splitlines())["skipped"] == "1"


def test_a_folder_that_is_no_model_is_not_overwritten_and_a_model_is(log: Path, films: Path, tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "one.jpg").write_text("dear")

    refused = train(log, films, tmp_path / "photos")
    twice = [train(log, films, tmp_path / "model").exit_code for _ in range(2)]

    assert refused.exit_code == 1
    assert "holds no model: not overwriting it" in refused.output
    assert (tmp_path / "photos" / "one.jpg").exists()
    assert twice == [0, 0]


def test_what_is_no_catalogue_is_an_error_and_no_traceback(log: Path, tmp_path: Path) -> None:
    result = train(log, tmp_path, tmp_path / "model")

    assert result.exit_code == 1
    assert "is no index bundle" in result.output
