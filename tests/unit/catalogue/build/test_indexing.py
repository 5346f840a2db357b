"""The indexes of a bundle, made in a process beside whatever else is done."""

from pathlib import Path

import pytest

from discovery.catalogue.build.indexing import INDEXES, indexed_beside
from discovery.catalogue.build.workshop import Workshop, appearing_whole
from discovery.catalogue.documents import Documents
from discovery.catalogue.keyword_index import KeywordIndex
from discovery.errors import CatalogueError
from tests import catalogues


def filled(workshop: Workshop) -> Workshop:
    workshop.spool.mkdir()
    Documents.write(catalogues.CONTENTS, workshop.spool)
    return workshop


def test_both_are_made_while_the_block_runs_and_noted(tmp_path: Path) -> None:
    with appearing_whole(tmp_path / "bundle") as workshop:
        with indexed_beside(filled(workshop)):
            assert not any(workshop.facts(name) for name in INDEXES)

        assert all(workshop.facts(name) for name in INDEXES)
        assert KeywordIndex.open(workshop.bundle / "keyword").searcher.num_docs == len(catalogues.CONTENTS)


def test_one_that_fails_fails_the_build_and_is_not_noted(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with appearing_whole(tmp_path / "bundle") as workshop:
        with pytest.raises(CatalogueError, match="indexing failed"), indexed_beside(workshop):
            pass

        assert not any(workshop.facts(name) for name in INDEXES)
    assert "FileNotFoundError" in capfd.readouterr().err  # there is no spool


def test_a_half_made_one_of_an_interrupted_build_is_made_anew(tmp_path: Path) -> None:
    with appearing_whole(tmp_path / "bundle") as workshop:
        half = workshop.bundle / "keyword"
        half.mkdir()
        (half / "meta.json").write_text("{")

        with indexed_beside(filled(workshop)):
            pass

        assert KeywordIndex.open(half).searcher.num_docs == len(catalogues.CONTENTS)
