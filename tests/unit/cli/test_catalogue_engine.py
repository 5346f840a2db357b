"""Which house a catalogue command is for, in its options: wrong ones are refused before anything is done."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from discovery_cli import main
from tests import catalogues

S3 = "s3://bucket/films"


def run(*arguments: str, **environment: str) -> Result:
    return CliRunner().invoke(main, ["catalogue", *arguments], env=environment)


def said(result: Result) -> str:
    """The output on one line, however narrow the terminal that it was wrapped for."""
    return " ".join(result.output.split())


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("build", str(catalogues.SOURCE)), "Missing option '--out'"),
        (("build", str(catalogues.SOURCE), "--engine", "opensearch", "--out", "x"), "--out is of --engine bundle"),
        (
            ("build", str(catalogues.SOURCE), "--out", "x", "--url", "http://localhost"),
            "--url is of --engine opensearch",
        ),
        (("put", str(catalogues.SOURCE)), "Missing argument 's3://BUCKET/PREFIX'"),
        (("delete", "jaws-1975"), "Missing argument 's3://BUCKET/PREFIX'"),
        (("delete", S3), "Missing argument 'ID...'"),
        (("delete", "jaws-1975", "s3://Bucket"), "not of the form s3://bucket/prefix"),
        (("put", str(catalogues.SOURCE), S3, "--engine", "opensearch"), "s3://BUCKET/PREFIX is of --engine bundle"),
        (("delete", "jaws-1975", S3, "--engine", "opensearch"), "s3://BUCKET/PREFIX is of --engine bundle"),
        (("build", str(catalogues.SOURCE), "--engine", "opensearch", "--merge", S3), "--merge is of --engine bundle"),
        (("status",), "Missing argument 's3://BUCKET/PREFIX'"),
        (("rollback",), "Missing argument 's3://BUCKET/PREFIX'"),
        (("status", S3, "--engine", "opensearch"), "s3://BUCKET/PREFIX is of --engine bundle"),
        (("rollback", S3, "--engine", "opensearch"), "s3://BUCKET/PREFIX is of --engine bundle"),
        (("status", "--engine", "opensearch", "--index", "Films!"), "Invalid value for --index"),
        (("status", "--engine", "opensearch", "--service", "s3"), "Invalid value for '--service'"),
        (("delete", "--engine", "opensearch"), "Missing argument 'ID..."),
        (("put", "nowhere.jsonl", "--engine", "opensearch"), "does not exist"),
    ],
)
def test_options_that_do_not_fit_together_are_wrong_usage(arguments: tuple[str, ...], complaint: str) -> None:
    result = run(*arguments)

    assert result.exit_code == 2
    assert complaint in said(result)


def test_a_setting_of_opensearch_in_the_environment_does_not_disturb_bundles(tmp_path: Path) -> None:
    result = run(
        "build", str(catalogues.SOURCE), "--out", str(tmp_path / "out"), DISCOVERY_OPENSEARCH_URL="http://nowhere:1"
    )

    assert result.exit_code == 0


@pytest.mark.parametrize("text", ["", '{"id": "b"}\n'])
def test_titles_that_can_not_be_read_are_put_nowhere(tmp_path: Path, text: str) -> None:
    source = tmp_path / "titles.jsonl"
    source.write_text(text)

    result = run("put", str(source), "--engine", "opensearch")

    assert result.exit_code == 1
    assert "titles.jsonl: " in said(result)
