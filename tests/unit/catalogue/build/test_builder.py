"""A bundle appears whole or not at all."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from discovery.catalogue.build.builder import build_bundle
from discovery.catalogue.content import Content
from discovery.catalogue.embeddings import embedded_text
from discovery.catalogue.manifest import Manifest
from discovery.errors import CatalogueError
from discovery.retrieval.bundle import vector
from tests import catalogues
from tests.unit.catalogue.build.interrupted import OTHERS, Interrupted, failing_model, files


def test_the_manifest_says_what_the_bundle_holds(tmp_path: Path) -> None:
    manifest = build_bundle(catalogues.CONTENTS, catalogues.model(), tmp_path / "bundle")

    assert manifest == Manifest.read(tmp_path / "bundle")
    assert (manifest.count, manifest.model, manifest.dimensions) == (26, catalogues.MODEL_NAME, 16)
    assert manifest.platforms == ("Disney+", "Max", "Netflix", "Prime Video")
    assert set(manifest.checksums) == files(tmp_path / "bundle").keys() - {"manifest.json"}
    assert manifest.sizes.keys() == manifest.checksums.keys()


def test_a_build_replaces_the_bundle_that_was_there(tmp_path: Path) -> None:
    build_bundle(OTHERS, catalogues.model(), tmp_path / "bundle")

    build_bundle(catalogues.CONTENTS, catalogues.model(), tmp_path / "bundle")

    with catalogues.opened(tmp_path / "bundle") as catalogue:
        assert catalogue.ids == [content.id for content in catalogues.CONTENTS]
    assert [entry.name for entry in tmp_path.iterdir()] == ["bundle"]


def test_a_build_that_fails_midway_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(Interrupted):
        build_bundle(OTHERS, failing_model(), tmp_path / "bundle")

    assert list(tmp_path.iterdir()) == []


def test_a_build_that_fails_midway_leaves_the_old_bundle_as_it_was(tmp_path: Path) -> None:
    bundle = catalogues.build(tmp_path)
    before = files(bundle)

    with pytest.raises(Interrupted):
        build_bundle(OTHERS, failing_model(), bundle)

    assert files(bundle) == before
    assert list(tmp_path.iterdir()) == [bundle]


def test_a_build_that_the_user_interrupts_leaves_nothing_behind(tmp_path: Path) -> None:
    def ctrl_c(_step: str, _done: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build_bundle(OTHERS, catalogues.model(), tmp_path / "bundle", progress=ctrl_c)

    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_no_bundle_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")

    with pytest.raises(CatalogueError, match="not overwriting"):
        build_bundle(OTHERS, catalogues.model(), tmp_path)

    assert [entry.name for entry in tmp_path.iterdir()] == ["thesis.txt"]


def test_an_empty_folder_may_become_a_bundle(tmp_path: Path) -> None:
    (tmp_path / "bundle").mkdir()

    assert build_bundle(OTHERS, catalogues.model(), tmp_path / "bundle").count == 3


def test_missing_parent_folders_are_made(tmp_path: Path) -> None:
    build_bundle(OTHERS, catalogues.model(), tmp_path / "a" / "b" / "bundle")

    assert (tmp_path / "a" / "b" / "bundle" / "manifest.json").exists()


def test_a_source_without_a_usable_line_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="no usable line"):
        build_bundle([], catalogues.model(), tmp_path / "bundle")


def test_two_builds_of_one_source_differ_in_the_tantivy_indexes_and_nothing_else(tmp_path: Path) -> None:
    first = build_bundle(catalogues.CONTENTS, catalogues.model(), tmp_path / "first")
    second = build_bundle(catalogues.CONTENTS, catalogues.model(), tmp_path / "second")

    tantivys = ("keyword/", "lexicon/", "suggestions/")

    def own(manifest: Manifest) -> dict[str, str]:  # Tantivy names its segments by random ids
        return {name: digest for name, digest in manifest.checksums.items() if not name.startswith(tantivys)}

    assert own(first) == own(second)


def test_progress_counts_every_document_once(tmp_path: Path) -> None:
    done: list[tuple[str, int]] = []
    many = [Content(id=f"c-{n}", title=f"Title {n}") for n in range(1500)]

    build_bundle(many, catalogues.model(), tmp_path / "bundle", progress=lambda *told: done.append(told))

    totals = Counter[str]()
    for step, more in done:
        totals[step] += more
    assert totals == {"embedding": 1500, "words": 1500, "suggestions": 1500}
    assert len(done) > len(totals)


def test_other_users_may_read_the_bundle(tmp_path: Path) -> None:
    build_bundle(OTHERS, catalogues.model(), tmp_path / "bundle")

    assert (tmp_path / "bundle").stat().st_mode & 0o777 == 0o755


def test_what_is_embedded_is_genres_and_overview_and_the_title_only_without_an_overview() -> None:
    jaws = Content(id="jaws", title="Jaws", genres=("Horror", "Thriller"), overview="A shark.")

    assert embedded_text(jaws) == "Horror, Thriller. A shark."
    assert embedded_text(Content(id="lost", title="The Lost Reel")) == ". The Lost Reel"


def test_a_text_without_a_known_word_has_a_vector_of_zeros(tmp_path: Path) -> None:
    with catalogues.opened(catalogues.build(tmp_path)) as catalogue:
        lengths = np.linalg.norm(catalogue.vectors[np.arange(catalogue.size)], axis=1)

    assert lengths[catalogues.row_of("lost-reel")] == 0
    assert np.delete(lengths, catalogues.row_of("lost-reel")) == pytest.approx(1.0)


def test_a_link_to_a_bundle_stays_and_what_it_points_to_is_replaced(tmp_path: Path) -> None:
    bundle = catalogues.build(tmp_path)
    link = tmp_path / "current"
    link.symlink_to(bundle)

    build_bundle(catalogues.CONTENTS[:3], catalogues.model(), link)

    assert link.is_symlink()
    assert Manifest.read(bundle).count == 3
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([bundle.name, "current"])


def test_a_file_is_not_overwritten_by_a_bundle(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")

    with pytest.raises(CatalogueError, match="not overwriting"):
        build_bundle(catalogues.CONTENTS, catalogues.model(), tmp_path / "file")


def test_very_many_vectors_are_kept_in_stages_and_documents_packed_and_both_are_the_same(tmp_path: Path) -> None:
    build_bundle(catalogues.CONTENTS, catalogues.model(), tmp_path / "whole")
    build_bundle(catalogues.CONTENTS, catalogues.model(), tmp_path / "staged", most_exact=0)

    with catalogues.opened(tmp_path / "whole") as whole, catalogues.opened(tmp_path / "staged") as staged:
        assert not (tmp_path / "staged" / "vectors.npy").exists()
        assert list(staged.contents(range(staged.size))) == list(whole.contents(range(whole.size)))
        assert staged.ids == whole.ids
        (query,) = whole.model.embed(["space horror"])
        near = [
            vector.retrieve(catalogue.vectors, query, None, floor=0.6, min_similarity=0.2).rows.tolist()
            for catalogue in (whole, staged)
        ]
        assert near[0][0] == near[1][0]
        assert sorted(near[0]) == sorted(near[1])
        rows = np.arange(whole.size)
        assert staged.vectors[rows] == pytest.approx(whole.vectors[rows], abs=0.05)


def test_contents_are_gone_through_once(tmp_path: Path) -> None:
    manifest = build_bundle(iter(catalogues.CONTENTS), catalogues.model(), tmp_path / "bundle")

    assert manifest.count == len(catalogues.CONTENTS)
