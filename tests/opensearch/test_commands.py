"""`discovery catalogue … --engine opensearch`, with the real embedding model."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from opensearchpy import OpenSearch

from discovery.opensearch.publication import Publication
from discovery_cli import main
from tests.catalogues import CONTENTS, SOURCE

DUNE = {"id": "dune-2021", "title": "Dune", "overview": "Noble families fight for a planet of sand."}
Run = Callable[..., Result]


@pytest.fixture
def run(node: str, alias: str) -> Run:
    def invoke(command: str, *arguments: str) -> Result:
        where = {"DISCOVERY_OPENSEARCH_URL": node}
        options = ["--engine", "opensearch", "--index", alias]
        return CliRunner().invoke(main, ["catalogue", command, *arguments, *options], env=where)

    return invoke


def said(result: Result) -> str:
    """The output on one line, however narrow the terminal that it was wrapped for."""
    return " ".join(result.output.split())


@pytest.fixture
def titles(tmp_path: Path) -> Path:
    """A source of one title."""
    source = tmp_path / "titles.jsonl"
    source.write_text(json.dumps(DUNE) + "\n")
    return source


def test_a_source_is_built_listed_built_over_and_returned_to(
    run: Run, client: OpenSearch, alias: str, titles: Path
) -> None:
    assert "nothing is built" in said(run("status"))

    first, second = run("build", str(SOURCE)), run("build", str(titles))

    assert (first.exit_code, second.exit_code) == (0, 0), first.output + second.output
    assert f"{len(CONTENTS)} titles" in said(first)
    newest, oldest = Publication(client, alias).status()
    assert f"{alias}: current {newest.index}" in said(second)
    lines = run("status").output.splitlines()
    assert [line.split()[:4] for line in lines[1:]] == [
        [newest.index, "current", "1", "titles"],
        [oldest.index, "previous", "26", "titles"],
    ]
    assert f"{alias}: current {oldest.index}" in run("rollback").output
    assert client.count(index=alias)["count"] == len(CONTENTS)


def test_the_same_source_is_built_once_unless_it_is_forced(run: Run) -> None:
    run("build", str(SOURCE))

    again, forced = run("build", str(SOURCE)), run("build", str(SOURCE), "--force")

    assert (again.exit_code, forced.exit_code) == (0, 0)
    assert "current already; nothing is built" in said(again)
    assert "current already" not in said(forced)
    assert len(run("status").output.splitlines()) == 3


def test_titles_are_put_and_deleted(run: Run, client: OpenSearch, alias: str, titles: Path) -> None:
    run("build", str(SOURCE))

    put = run("put", str(titles))
    assert (put.exit_code, client.count(index=alias)["count"]) == (0, len(CONTENTS) + 1)
    assert f"{alias}: put 1 titles into {alias}-" in said(put)
    deleted = run("delete", "dune-2021", "nobody")

    assert (deleted.exit_code, client.count(index=alias)["count"]) == (0, len(CONTENTS))
    assert f"{alias}: deleted 1 titles from {alias}-" in said(deleted)
    assert "It did not have: nobody" in said(deleted)


@pytest.mark.parametrize("command", ["rollback", "delete"])
def test_what_needs_a_catalogue_says_that_there_is_none(run: Run, alias: str, command: str) -> None:
    result = run(command, *(["jaws-1975"] if command == "delete" else []))

    assert result.exit_code == 1
    assert f"Error: {alias} at http://127.0.0.1:" in said(result)


@pytest.mark.parametrize("arguments", [("build", str(SOURCE)), ("status",), ("rollback",), ("delete", "jaws-1975")])
def test_an_engine_that_can_not_be_reached_is_an_error_and_no_traceback(arguments: tuple[str, ...]) -> None:
    where = {"DISCOVERY_OPENSEARCH_URL": "http://127.0.0.1:9"}

    result = CliRunner().invoke(main, ["catalogue", *arguments, "--engine", "opensearch"], env=where)

    assert result.exit_code == 1
    assert "OpenSearch could not be reached" in said(result)
