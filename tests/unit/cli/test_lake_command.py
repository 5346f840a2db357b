"""`discovery lake erase` on lakes in a folder: its words, its documents and its exit codes."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from discovery.privacy.hashing import client_hash, user_hash
from discovery_cli import main
from tests.lakes import exposure, outcome, write_json

KEY = "a key that nobody prints"
Erase = Callable[..., Result]


@pytest.fixture
def erase(tmp_path: Path) -> Erase:
    def run(*arguments: str, input: str | None = None) -> Result:  # noqa: A002 - as click names it
        environment = {"DISCOVERY_PRIVACY_USER_KEY": KEY, "COLUMNS": "220"}
        return CliRunner().invoke(
            main, ["lake", "erase", "--lake", str(tmp_path), *arguments], env=environment, input=input
        )

    return run


@pytest.fixture
def people(tmp_path: Path) -> list[str]:
    names = ["ana", "ben", "cleo"]
    hashes = [user_hash(name, KEY.encode()) for name in names]
    write_json(tmp_path, "exposures", [exposure(name, name, user=one) for name, one in zip(names, hashes, strict=True)])
    client = client_hash("phone", KEY.encode())
    clicks = [outcome(name, name, user=one) for name, one in zip(names, hashes, strict=True)]
    write_json(tmp_path, "outcomes", [*clicks, outcome("x", "y", user=None, client=client)], "o.json.gz")
    return names


@pytest.mark.usefixtures("people")
def test_it_says_how_many_lines_of_how_many_files_it_erased(erase: Erase) -> None:
    done = erase("ana", "--yes")
    assert done.exit_code == 0, done.output
    assert done.stdout == "Erased 2 lines of 2 files; 2 files were gone through.\n"
    assert erase("ana", "--yes").stdout == "Erased 0 lines of 0 files; 2 files were gone through.\n"


@pytest.mark.usefixtures("people")
def test_people_can_be_named_in_a_file_and_on_standard_input(erase: Erase, tmp_path: Path) -> None:
    (tmp_path / "ids").write_text("ana\r\n\nnobody\n")
    done = erase("--ids", str(tmp_path / "ids"), "--yes")
    assert "Erased 2 lines of 2 files" in done.stdout
    assert "There was something of 1 of 2 people." in done.stdout
    assert "Erased 2 lines of 2 files" in erase("--ids", "-", "--yes", input="ben\n").stdout


@pytest.mark.usefixtures("people")
def test_a_document_for_scripts_says_the_same_and_names_nobody(erase: Erase) -> None:
    done = erase("ana", "nobody", "--yes", "--json")
    assert json.loads(done.stdout) == {
        "erased": True,
        "lines": 2,
        "files": 2,
        "versions": 0,
        "people": 1,
        "read": 2,
        "unreadable": [],
        "others": [],
        "people_named": 2,
    }
    for secret in (KEY, "ana", user_hash("ana", KEY.encode())):
        assert secret not in done.output


@pytest.mark.usefixtures("people")
def test_a_client_is_erased_by_its_own_hash(erase: Erase) -> None:
    assert "Erased 0 lines" in erase("phone", "--yes").stdout
    assert "Erased 1 lines of 1 files" in erase("phone", "--client", "--yes").stdout
    assert "Erased 0 lines" in erase("ana", "--client", "--yes").stdout


@pytest.mark.usefixtures("people")
def test_nothing_is_erased_unless_somebody_says_yes(erase: Erase) -> None:
    refused = erase("ana")
    assert refused.exit_code == 4
    assert "pass --yes" in refused.stderr
    assert "Erased 2 lines" in erase("ana", "--yes").stdout


@pytest.mark.parametrize("arguments", [(), ("",), ("--ids", "-")])
def test_whoever_names_nobody_uses_it_wrongly(erase: Erase, arguments: tuple[str, ...]) -> None:
    done = erase(*arguments, "--yes", input="\n\n")
    assert done.exit_code == 2
    assert "at least one person" in done.stderr


def test_a_folder_that_is_not_there_is_wrong_usage(erase: Erase, tmp_path: Path) -> None:
    done = erase("ana", "--yes", "--lake", str(tmp_path / "none"))
    assert done.exit_code == 2


@pytest.mark.usefixtures("people")
def test_a_file_that_cannot_be_read_is_named_and_the_rest_is_done(erase: Erase, tmp_path: Path) -> None:
    write_json(tmp_path, "exposures", ["no parquet"], "none.parquet")
    done = erase("ana", "--yes", "--json")
    document = json.loads(done.stdout)
    assert (done.exit_code, document["exit_code"], document["lines"]) == (1, 1, 2)
    assert "none.parquet" in document["error"]


@pytest.mark.usefixtures("people")
def test_what_firehose_failed_to_write_is_said_to_be_there(erase: Erase, tmp_path: Path) -> None:
    write_json(tmp_path, "failed/outcomes", ["{}"])
    done = erase("ana", "--yes")
    assert "Not looked into: 1 files" in done.stderr
    assert "failed/outcomes/day=2026-05-15/part.json" in done.stderr
