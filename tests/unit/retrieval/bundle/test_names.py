"""Whom and what a query names."""

from collections.abc import Iterator

import numpy as np
import pytest

from discovery.catalogue.build.builder import build_bundle
from discovery.catalogue.bundle import Catalogue
from discovery.catalogue.content import Content
from discovery.retrieval.bundle.names import found_in, retrieve
from discovery.retrieval.names import PEOPLE, TOPICS
from tests import catalogues

PACINO = {one.id for one in catalogues.CONTENTS if "Al Pacino" in one.cast}


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("al pacino", {"al pacino": 2}),
        ("AL PACINO crime", {"al pacino": 2}),
        ("movies with audrey tautou and al pacino", {"audrey tautou": 2, "al pacino": 2}),
        ("pacino", {}),
        ("al", {}),
        ("", {}),
    ],
)
def test_full_names_are_found_in_a_query(catalogue: Catalogue, query: str, names: dict[str, int]) -> None:
    assert found_in(catalogue.keyword, PEOPLE, query) == names


def test_the_titles_of_a_person_are_found_whole_where_the_query_is_the_name(catalogue: Catalogue) -> None:
    found = retrieve(catalogue.keyword, PEOPLE, "Al Pacino", None)

    assert set(catalogues.ids_of(found.rows)) == PACINO
    assert found.evidence.tolist() == [1.0] * len(PACINO)


def test_other_words_make_it_less(catalogue: Catalogue) -> None:
    found = retrieve(catalogue.keyword, PEOPLE, "al pacino crime drama", None)

    assert found.evidence.tolist() == [0.5] * len(PACINO)


def test_only_allowed_rows_come_back(catalogue: Catalogue) -> None:
    nothing = np.zeros(catalogue.size, dtype=np.bool_)

    assert not len(retrieve(catalogue.keyword, PEOPLE, "Al Pacino", nothing).rows)


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalogue]:
    contents = [
        Content(id="a", title="A", keywords=("coming of age", "anime")),
        Content(id="b", title="B", keywords=("silent film", "age"), genres=("Animation",)),
    ]
    folder = tmp_path_factory.mktemp("keywords")
    build_bundle(contents, catalogues.model(), folder / "bundle")
    with catalogues.opened(folder / "bundle") as catalogue:
        yield catalogue


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("anime", {0: 1.0}),
        ("coming of age", {0: 1.0}),
        ("Coming-of-age anime", {0: 1.0}),
        ("silent films", {1: 1.0}),
        ("age", {1: 1.0}),
        ("silent comedy", {}),
        ("anime comedy", {0: 0.5}),
    ],
)
def test_keywords_are_found_whole(described: Catalogue, query: str, found: dict[int, float]) -> None:
    ranking = retrieve(described.keyword, TOPICS, query, None)

    assert dict(zip(ranking.rows.tolist(), ranking.evidence.tolist(), strict=True)) == found
