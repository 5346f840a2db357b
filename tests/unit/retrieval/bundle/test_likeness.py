"""What is like a title."""

from collections.abc import Iterator

import numpy as np
import pytest

from discovery.catalogue.build.builder import build_bundle
from discovery.catalogue.bundle import Catalogue
from discovery.catalogue.content import Content
from discovery.retrieval.bundle import likeness
from tests import catalogues

CONTENTS = [
    Content(id="alien", title="Alien", overview="space alien", genres=("Horror", "Sci-Fi"), keywords=("ship", "crew")),
    Content(id="same", title="Same", overview="space alien", genres=("Horror", "Sci-Fi"), keywords=("ship", "crew")),
    Content(id="no-keywords", title="No keywords", overview="space alien", genres=("Horror", "Sci-Fi")),
    Content(id="one-genre", title="One genre", overview="space alien", genres=("Horror",)),
    Content(id="other-genres", title="Other genres", overview="space alien", genres=("Romance",)),
    Content(id="other", title="Other", overview="chess board", genres=("Romance",)),
]


@pytest.fixture(scope="module")
def like(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalogue]:
    folder = tmp_path_factory.mktemp("likeness")
    build_bundle(CONTENTS, catalogues.model(), folder / "bundle")
    with catalogues.opened(folder / "bundle") as catalogue:
        yield catalogue


def test_meaning_genres_and_keywords_make_titles_alike_and_a_title_is_not_like_itself(like: Catalogue) -> None:
    found = likeness.retrieve(like, 0, None)

    assert [CONTENTS[row].id for row in found.rows][:4] == ["same", "no-keywords", "one-genre", "other-genres"]
    assert found.evidence[0] == pytest.approx(1.0)
    assert found.evidence[0] - found.evidence[1] == pytest.approx(0.2)
    assert 0 not in found.rows


def test_a_constraint_only_takes_away(like: Catalogue) -> None:
    every = likeness.retrieve(like, 0, None)
    allowed = np.array([content.id != "same" for content in CONTENTS])

    some = likeness.retrieve(like, 0, allowed)

    assert some.rows.tolist() == [row for row in every.rows if allowed[row]]
    assert some.evidence.tolist() == [e for row, e in zip(every.rows, every.evidence, strict=True) if allowed[row]]
