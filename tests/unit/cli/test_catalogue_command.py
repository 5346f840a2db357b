"""`discovery catalogue build`, with the real embedding model."""

import gzip
import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from discovery.artefacts.folder import artefact_id
from discovery.catalogue.manifest import Manifest
from discovery_cli import main
from tests import catalogues

GOOD = '{"id": "jaws-1975", "title": "Jaws", "overview": "A shark hunts off a beach."}'


def build(source: Path, out: Path, *options: str) -> Result:
    return CliRunner().invoke(main, ["catalogue", "build", str(source), "--out", str(out), *options])


def said(result: Result) -> str:
    """The output on one line, however narrow the terminal that it was wrapped for."""
    return " ".join(result.output.split())


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "bundle"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return tmp_path / "source.jsonl"


def test_a_source_becomes_a_bundle_that_finds_by_meaning(out: Path) -> None:
    result = build(catalogues.SOURCE, out)

    assert result.exit_code == 0
    assert "26 documents" in said(result)
    with catalogues.opened(out) as catalogue:
        query = catalogue.model.embed(["a great white attacks swimmers"])[0]
        nearest = int((catalogue.vectors @ query).argmax())
    assert catalogues.CONTENTS[nearest].id == "jaws-1975"


def test_a_gzipped_source_of_the_film_collection_is_imported(tmp_path: Path, out: Path) -> None:
    films = [{"title": "Heat", "year": 1995, "cast": ["Al Pacino"], "genres": ["Crime"], "extract": "A heist."}] * 2
    (tmp_path / "films.jsonl.gz").write_bytes(gzip.compress("\n".join(json.dumps(film) for film in films).encode()))

    result = build(tmp_path / "films.jsonl.gz", out, "--format", "wikipedia-movies")

    assert result.exit_code == 0
    with catalogues.opened(out) as catalogue:
        assert catalogue.ids[0] == "heat-1995"
        assert len(set(catalogue.ids)) == 2
        assert catalogue.columns.popularity.min() > 0  # estimated, as the collection has none


@pytest.mark.parametrize(
    ("bad", "complaint"),
    [
        ('{"id": "b"}', "line 3, field 'title'"),
        ('{"id": "b", "title": "B", "release_year": "old"}', "line 3, field 'release_year'"),
        ("{", "line 3, field '(line)'"),
        (GOOD, "line 3, field 'id': 'jaws-1975' is already on line 1"),
    ],
)
def test_a_bad_line_stops_the_build_and_is_named(source: Path, out: Path, bad: str, complaint: str) -> None:
    source.write_text(f"{GOOD}\n\n{bad}\n")

    result = build(source, out)

    assert result.exit_code == 1
    assert complaint in result.output
    assert "Traceback" not in result.output
    assert list(out.parent.iterdir()) == [source]


def test_bad_lines_are_skipped_and_counted_where_that_is_asked_for(source: Path, out: Path) -> None:
    source.write_text(f'{GOOD}\n{{"id": "b"}}\nnot JSON\n{{"id": "c", "title": "[red]C[/red]"}}\n')

    result = build(source, out, "--skip-bad")

    assert result.exit_code == 0
    assert "Skipped 2 bad lines. The first error: line 2, field 'title'" in said(result)
    assert Manifest.read(out).count == 2


def test_a_duplicate_is_an_error_even_where_bad_lines_are_skipped(source: Path, out: Path) -> None:
    source.write_text(f"{GOOD}\n{GOOD}\n")

    result = build(source, out, "--skip-bad")

    assert result.exit_code == 1
    assert "line 2, field 'id'" in result.output


@pytest.mark.parametrize("text", ["", "\n \n"])
def test_an_empty_source_is_an_error(source: Path, out: Path, text: str) -> None:
    source.write_text(text)

    result = build(source, out)

    assert result.exit_code == 1
    assert "no usable lines" in result.output
    assert not out.exists()


def test_a_failed_build_leaves_the_old_bundle(source: Path, out: Path) -> None:
    source.write_text(f"{GOOD}\n")
    build(source, out)
    before = (out / "manifest.json").read_text()
    source.write_text(f"{GOOD}\n{GOOD}\n")

    build(source, out)

    assert (out / "manifest.json").read_text() == before


def test_a_folder_that_is_no_bundle_is_not_overwritten(source: Path, tmp_path: Path) -> None:
    source.write_text(f"{GOOD}\n")

    result = build(source, tmp_path)

    assert result.exit_code == 1
    assert "not overwriting" in result.output
    assert source.exists()


@pytest.mark.parametrize("name", ["source.jsonl", "source.jsonl.gz"])
def test_a_file_that_is_not_what_its_name_says_is_an_error_and_no_traceback(
    tmp_path: Path, out: Path, name: str
) -> None:
    (tmp_path / name).write_bytes(b"\xff\xfe\x00 not text, not gzip")

    result = build(tmp_path / name, out)

    assert result.exit_code == 1
    assert result.output.startswith("Error: ") or "\nError: " in result.output


def test_a_source_that_does_not_exist_is_a_usage_error(tmp_path: Path, out: Path) -> None:
    result = build(tmp_path / "nowhere.jsonl", out)

    assert result.exit_code == 2
    assert "does not exist" in result.output


def test_a_bundle_is_verified_and_one_changed_byte_is_named(bundle: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(bundle, tmp_path / "copy"))
    whole = CliRunner().invoke(main, ["catalogue", "verify", str(copy)])
    documents = bytearray((copy / "documents.jsonl").read_bytes())
    documents[7] ^= 0x01
    (copy / "documents.jsonl").write_bytes(documents)

    damaged = CliRunner().invoke(main, ["catalogue", "verify", str(copy)])

    assert whole.output == f"bundle {artefact_id(copy)}: every file is as it was written\n"
    assert damaged.exit_code == 1
    assert "documents.jsonl is damaged" in damaged.output
