"""Opening a bundle: what is wrong with it is said clearly, and nothing is ever written into it."""

import gc
import json
import shutil
import tempfile
from pathlib import Path

import numpy as np
import pytest

from discovery.artefacts.folder import artefact_id, checksums, sizes
from discovery.catalogue.build.builder import build_bundle
from discovery.catalogue.bundle import Catalogue, open_catalogue, verify_bundle
from discovery.catalogue.content import Content
from discovery.catalogue.manifest import FORMAT_VERSION
from discovery.errors import BundleInvalid
from discovery.retrieval.bundle import keyword
from tests import catalogues


@pytest.fixture
def copy(bundle: Path, tmp_path: Path) -> Path:
    """A bundle that a test may damage."""
    return Path(shutil.copytree(bundle, tmp_path / "copy"))


def rewrite_manifest(bundle: Path, **changed: object) -> None:
    manifest = json.loads((bundle / "manifest.json").read_text())
    (bundle / "manifest.json").write_text(json.dumps(manifest | changed))


def test_an_opened_bundle_holds_what_was_built(catalogue: Catalogue) -> None:
    assert catalogue.size == 26
    assert catalogue.ids == [content.id for content in catalogues.CONTENTS]
    assert catalogue.contents(range(26)) == list(catalogues.CONTENTS)
    assert len(catalogue.documents) == 26


def test_documents_come_in_the_order_asked_for(catalogue: Catalogue) -> None:
    rows = [7, 0, 7]

    assert [content.id for content in catalogue.contents(rows)] == ["godfather-1972", "alien-1979", "godfather-1972"]
    assert catalogue.documents.ids(rows) == ["godfather-1972", "alien-1979", "godfather-1972"]


def test_ids_and_texts_of_any_script_survive(tmp_path: Path) -> None:
    contents = [
        Content(id="千-2001", title="千と千尋の神隠し"),
        Content(id="é" * 128, title="É", overview="🚀\u2028\nline"),
    ]
    build_bundle(contents, catalogues.model(), tmp_path / "bundle")

    with catalogues.opened(tmp_path / "bundle") as opened:
        assert opened.ids == ["千-2001", "é" * 128]
        assert opened.contents([0, 1]) == contents


def test_a_catalogue_without_genres_and_platforms_can_be_opened_and_searched(tmp_path: Path) -> None:
    build_bundle([Content(id="a", title="Alien")], catalogues.model(), tmp_path / "bundle")

    with catalogues.opened(tmp_path / "bundle") as opened:
        assert opened.columns.genres.bits.shape == (0, 8)
        assert keyword.retrieve(opened.keyword, "alien").rows == (0,)


def test_the_opened_model_embeds_as_the_building_one_did(catalogue: Catalogue) -> None:
    texts = ["A shark hunts off a beach", "chess", "", "nothing known"]

    assert np.array_equal(catalogue.model.embed(texts), catalogues.model().embed(texts))


def test_a_folder_without_a_manifest_is_no_bundle(tmp_path: Path) -> None:
    with pytest.raises(BundleInvalid, match=r"has no manifest\.json"):
        open_catalogue(tmp_path)


def test_a_folder_that_does_not_exist_is_no_bundle(tmp_path: Path) -> None:
    with pytest.raises(BundleInvalid, match="is no index bundle"):
        open_catalogue(tmp_path / "nowhere")


@pytest.mark.parametrize("text", ["", "{", "[]", f'{{"format_version": {FORMAT_VERSION}}}'])
def test_a_manifest_that_cannot_be_read_is_an_error(copy: Path, text: str) -> None:
    (copy / "manifest.json").write_text(text)

    with pytest.raises(BundleInvalid, match=r"manifest\.json can't be read"):
        open_catalogue(copy)


@pytest.mark.parametrize("version", [0, 1, 99])
def test_another_format_version_is_an_error_that_says_what_to_do(copy: Path, version: int) -> None:
    rewrite_manifest(copy, format_version=version)

    with pytest.raises(BundleInvalid, match=rf"has format version {version}, .*discovery catalogue build"):
        open_catalogue(copy)


@pytest.mark.parametrize(
    "name", ["vectors.npy", "documents.jsonl", "ids.npy", "columns/years.npy", "model/tokens.npy", "keyword/meta.json"]
)
def test_a_missing_file_is_an_error_that_names_it(copy: Path, name: str) -> None:
    (copy / name).unlink()

    with pytest.raises(BundleInvalid, match=f"lacks the file {name}"):
        open_catalogue(copy)


@pytest.mark.parametrize("name", ["vectors.npy", "documents.jsonl", "model/tokenizer.json", "keyword/meta.json"])
def test_one_changed_byte_is_an_error_that_names_the_file(copy: Path, name: str) -> None:
    damaged = bytearray((copy / name).read_bytes())
    damaged[len(damaged) // 2] ^= 0x01
    (copy / name).write_bytes(damaged)

    with pytest.raises(BundleInvalid, match=f"{name} is damaged, its checksum"):
        verify_bundle(copy)


def test_a_bundle_as_it_was_built_is_verified(bundle: Path) -> None:
    verify_bundle(bundle)


@pytest.mark.parametrize("name", ["vectors.npy", "documents.jsonl", "model/tokenizer.json", "keyword/meta.json"])
def test_a_file_that_was_cut_short_is_an_error_that_names_it_when_it_is_opened(copy: Path, name: str) -> None:
    (copy / name).write_bytes((copy / name).read_bytes()[:-1])

    with pytest.raises(BundleInvalid, match=f"{name} is damaged, its size"):
        open_catalogue(copy)


@pytest.mark.parametrize(
    "name", ["../elsewhere", "/etc/passwd", "keyword/../../elsewhere", "keyword//meta.json", "./ids.npy"]
)
def test_a_manifest_that_names_a_file_outside_the_bundle_is_refused(copy: Path, name: str) -> None:
    rewrite_manifest(copy, checksums={name: "0" * 64}, sizes={name: 0})

    with pytest.raises(BundleInvalid, match="no path inside the folder"):
        open_catalogue(copy)


@pytest.mark.parametrize("name", ["model/tokenizer.json", "vectors.npy", "columns/years.npy", "keyword/meta.json"])
def test_a_file_that_is_as_it_was_written_and_still_cannot_be_read_is_an_error(copy: Path, name: str) -> None:
    (copy / name).write_text("of another version")
    rewrite_manifest(copy, checksums=checksums(copy), sizes=sizes(copy))

    with pytest.raises(BundleInvalid, match=f"{copy} can't be opened: "):
        open_catalogue(copy)


def test_the_id_of_a_bundle_follows_from_what_it_holds(copy: Path, bundle: Path) -> None:
    assert artefact_id(copy) == open_catalogue(copy).bundle == artefact_id(bundle)

    rewrite_manifest(copy, count=25)

    assert artefact_id(copy) != artefact_id(bundle)


def test_opening_and_searching_writes_nothing_into_the_bundle(copy: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in [copy, *copy.rglob("*")]}
    folders = [path for path in before if path.is_dir()]
    for folder in folders:
        folder.chmod(0o555)  # a Lambda layer's /opt; the superuser may write all the same, hence the comparison below

    try:
        with catalogues.opened(copy) as opened:
            found = keyword.retrieve(opened.keyword, "shark")
            title = opened.find_title("jaws")
        after = {path: path.stat().st_mtime_ns for path in [copy, *copy.rglob("*")]}
    finally:
        for folder in folders:
            folder.chmod(0o755)

    assert catalogues.ids_of(found.rows) == ["jaws-1975"]
    assert title == catalogues.row_of("jaws-1975")
    assert after == before


def test_a_bundle_that_nobody_holds_any_more_leaves_no_temporary_folder(
    bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    opened = open_catalogue(bundle)
    assert len(list(tmp_path.iterdir())) == 3  # of the keyword index, the lexicon and the suggestions
    del opened
    gc.collect()

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("spelling", "expected"),
    [
        ("Alien", "alien-1979"),
        ("ALIEN!", "alien-1979"),
        ("amelie", "amelie-2001"),
        ("AMÉLIE", "amelie-2001"),
        ("Ame\u0301lie", "amelie-2001"),
        ("wall-e", "wall-e-2008"),
        ("WALL E", "wall-e-2008"),
        ("godfather", "godfather-1972"),
        ("the  godfather", "godfather-1972"),
        ("The Queen’s Gambit", "queens-gambit-2020"),
        ("queens gambit", "queens-gambit-2020"),
        ("1917", "1917-2019"),
        ("dracula", "dracula-1931"),  # the more popular of two
    ],
)
def test_a_title_is_found_however_it_is_spelled(catalogue: Catalogue, spelling: str, expected: str) -> None:
    assert catalogue.find_title(spelling) == catalogues.row_of(expected)


@pytest.mark.parametrize("words", ["", "the", "!?", "jaw", "star", "alien 1979", "🚀", "title_key:alien"])
def test_what_is_no_title_is_not_found(catalogue: Catalogue, words: str) -> None:
    assert catalogue.find_title(words) is None


def test_a_newer_format_is_said_to_be_newer_whatever_its_fields(copy: Path) -> None:
    (copy / "manifest.json").write_text('{"format_version": 99, "rows": 3}')

    with pytest.raises(BundleInvalid, match="format version 99"):
        open_catalogue(copy)


def test_a_file_is_no_bundle(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")

    with pytest.raises(BundleInvalid, match="no index bundle"):
        open_catalogue(tmp_path / "file")


def test_bundles_of_one_model_share_it_while_one_of_them_is_open(bundle: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    build_bundle([Content(id="a", title="A")], catalogues.model(), other)

    first, second = open_catalogue(bundle), open_catalogue(other)

    assert first.bundle != second.bundle
    assert first.model is second.model
