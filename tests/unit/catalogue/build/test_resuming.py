"""A build of a named source that was interrupted is gone on with."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from discovery.catalogue.build.builder import build_bundle
from discovery.catalogue.build.workshop import helping
from discovery.catalogue.changes import Changes
from discovery.catalogue.content import Content
from discovery.catalogue.embeddings import embedded_text
from discovery.errors import CatalogueError
from tests import catalogues
from tests.unit.catalogue.build.interrupted import OTHERS, Interrupted, failing_model, files


def unread() -> Iterator[Content]:
    raise AssertionError("the source is read again")
    yield


@pytest.mark.parametrize("most_exact", [0, 100])
def test_an_interrupted_build_of_a_named_source_is_gone_on_with(most_exact: int, tmp_path: Path) -> None:
    # Given one that was interrupted before its last step
    with pytest.raises(Interrupted):
        build_bundle(catalogues.CONTENTS, failing_model(), tmp_path / "bundle", source="films", most_exact=most_exact)
    assert not (tmp_path / "bundle").exists()

    # When the same source is built again, then it is not read again, and the bundle is as any other
    build_bundle(unread(), catalogues.model(), tmp_path / "bundle", source="films", most_exact=most_exact)
    build_bundle(catalogues.CONTENTS, catalogues.model(), tmp_path / "at-once", most_exact=most_exact)

    tantivys = ("keyword/", "lexicon/", "suggestions/")
    resumed, at_once = (
        {name: digest for name, digest in files(tmp_path / bundle).items() if not name.startswith(tantivys)}
        for bundle in ("bundle", "at-once")
    )
    assert {name for name in resumed if resumed[name] != at_once[name]} == {"manifest.json"}
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["at-once", "bundle"]


def test_a_build_of_the_same_source_with_other_changes_begins_anew(tmp_path: Path) -> None:
    ids = [content.id for content in catalogues.CONTENTS]
    first, second = (Changes().delete([id_], built=ids) for id_ in ids[:2])
    with pytest.raises(Interrupted):
        build_bundle(
            catalogues.CONTENTS, failing_model(), tmp_path / "bundle", changes=first, source="films", most_exact=100
        )

    build_bundle(catalogues.CONTENTS, catalogues.model(), tmp_path / "bundle", changes=second, source="films")

    with catalogues.opened(tmp_path / "bundle") as catalogue:
        assert catalogue.ids == [ids[0], *ids[2:]]


def test_embedding_goes_on_where_it_was_noted(tmp_path: Path) -> None:
    # Given a build that was killed while it embedded its third batch, some way after the last note
    many = [replace_id(content, n) for n, content in enumerate(list(catalogues.CONTENTS) * 120)]
    embedded = 0

    def until_the_third_batch(step: str, more: int) -> None:
        nonlocal embedded
        embedded += more if step == "embedding" else 0
        if embedded > 2 * 1024:
            raise Interrupted

    with pytest.raises(Interrupted):
        build_bundle(many, catalogues.model(), tmp_path / "bundle", source="many", progress=until_the_third_batch)

    # When it is built again
    told: list[int] = []
    build_bundle(
        unread(),
        catalogues.model(),
        tmp_path / "bundle",
        source="many",
        progress=lambda step, more: told.append(more) if step == "embedding" else None,
    )

    # Then what was noted is not embedded again, and each title has its own vector
    assert 0 < sum(told) < len(many)
    with catalogues.opened(tmp_path / "bundle") as catalogue:
        expected = catalogues.model().embed([embedded_text(content) for content in many])
        assert catalogue.vectors[np.arange(len(many))] == pytest.approx(expected, abs=1e-6)


def replace_id(content: Content, number: int) -> Content:
    return content.model_copy(update={"id": f"{content.id}-{number}"})


def test_of_another_source_nothing_is_kept(tmp_path: Path) -> None:
    with pytest.raises(Interrupted):
        build_bundle(OTHERS, failing_model(), tmp_path / "bundle", source="others")

    build_bundle(catalogues.CONTENTS, catalogues.model(), tmp_path / "bundle", source="contents")

    with catalogues.opened(tmp_path / "bundle") as catalogue:
        assert catalogue.ids == [content.id for content in catalogues.CONTENTS]


def test_a_source_that_can_not_be_read_whole_leaves_nothing_behind(tmp_path: Path) -> None:
    def broken() -> Iterator[Content]:
        yield from OTHERS
        raise Interrupted

    with pytest.raises(Interrupted):
        build_bundle(broken(), catalogues.model(), tmp_path / "bundle", source="broken")

    assert list(tmp_path.iterdir()) == []


def test_one_place_is_built_by_one_at_a_time(tmp_path: Path) -> None:
    def meanwhile() -> Iterator[Content]:
        yield OTHERS[0]
        with pytest.raises(CatalogueError, match="is being built already"):
            build_bundle(OTHERS, catalogues.model(), tmp_path / "bundle", source="others")

    assert build_bundle(meanwhile(), catalogues.model(), tmp_path / "bundle", source="others").count == 1


def test_nothing_begins_while_a_process_of_a_builder_that_is_gone_still_writes(tmp_path: Path) -> None:
    with pytest.raises(Interrupted):
        build_bundle(OTHERS, failing_model(), tmp_path / "bundle", source="others")

    with helping(tmp_path / ".bundle.building"), pytest.raises(CatalogueError, match="is being built already"):
        build_bundle(OTHERS, catalogues.model(), tmp_path / "bundle", source="others")

    assert build_bundle(OTHERS, catalogues.model(), tmp_path / "bundle", source="others").count == 3


def test_a_build_that_was_killed_after_its_bundle_was_in_place_hinders_no_later_one(tmp_path: Path) -> None:
    # Given what is left where the workshop was not removed any more: notes, and no bundle
    with pytest.raises(Interrupted):
        build_bundle(OTHERS, failing_model(), tmp_path / "bundle", source="others")
    (tmp_path / ".bundle.building" / "bundle").rename(tmp_path / "bundle")
    (tmp_path / "bundle" / "manifest.json").write_text("{}")

    assert build_bundle(OTHERS, catalogues.model(), tmp_path / "bundle", source="others").count == 3
    assert [entry.name for entry in tmp_path.iterdir()] == ["bundle"]
