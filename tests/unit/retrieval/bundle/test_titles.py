"""How nearly a query is a title."""

from collections.abc import Iterator

import numpy as np
import pytest

from discovery.catalogue.build.builder import build_bundle
from discovery.catalogue.bundle import Catalogue
from discovery.catalogue.content import Content
from discovery.retrieval.bundle import titles
from discovery.retrieval.titles import without_year
from discovery.scoring import SCORING
from tests import catalogues

TITLES = {
    "heat": "Heat",
    "the-heat": "The Heat",
    "interstellar": "Interstellar",
    "star-wars": "Star Wars",
    "return": "Star Wars: Return of the Jedi",
    "amelie": "Amélie",
    "wargames": "WarGames",
    "2012": "2012",
    "1917": "1917",
    "rings": "The Lord of the Rings: The Fellowship of the Ring",
    "brave": "Brave",
    "braveheart": "Braveheart",
    "dark-horse": "The Dark Horse",
    "dark-knight": "The Dark Knight",
    "dark-star": "Dark Star",
}
POPULARITY = {"dark-knight": 0.9, "dark-horse": 0.1}
CONTENTS = [
    Content(
        id=key,
        title=title,
        aliases=("LOTR",) if key == "rings" else (),
        popularity_score=POPULARITY.get(key),
    )
    for key, title in TITLES.items()
]


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalogue]:
    folder = tmp_path_factory.mktemp("titles")
    build_bundle(CONTENTS, catalogues.model(), folder / "bundle")
    with catalogues.opened(folder / "bundle") as catalogue:
        yield catalogue


def evidence(named: Catalogue, query: str) -> dict[str, float]:
    """By content id, strongest first."""
    ranking = titles.retrieve(named, [query], None)
    assert len(set(ranking.rows.tolist())) == len(ranking.rows)
    return {CONTENTS[row].id: strength for row, strength in zip(ranking.rows, ranking.evidence, strict=True)}


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("heat", "heat"),
        ("The Heat", "the-heat"),
        ("intersteller", "interstellar"),
        ("interstelar", "interstellar"),
        ("intersetllar", "interstellar"),
        ("star wrs", "star-wars"),
        ("te heat", "the-heat"),
        ("amelie", "amelie"),
        ("war games", "wargames"),
        ("star wars return", "return"),
        ("star wars return of teh", "return"),
        ("2012 2009", "2012"),
        ("Interstellar (2014)", "interstellar"),
        ("1917", "1917"),
        ("lotr", "rings"),
        ("braveh", "braveheart"),
        ("the lo", "rings"),
    ],
)
def test_a_title_is_found_whatever_is_wrong_with_it(named: Catalogue, query: str, first: str) -> None:
    assert next(iter(evidence(named, query))) == first


def test_exact_is_more_than_one_edit_and_that_more_than_a_beginning(named: Catalogue) -> None:
    exact, edit, beginning = (
        evidence(named, query)["interstellar"] for query in ("interstellar", "interstelar", "inters")
    )

    assert 1 == exact > edit > beginning > 0


def test_the_title_as_it_is_written_is_more_than_without_its_article(named: Catalogue) -> None:
    found = evidence(named, "the heat")

    assert found == {"the-heat": pytest.approx(1.0), "heat": pytest.approx(0.83)}


def test_the_more_of_a_title_is_there_the_more_evidence(named: Catalogue) -> None:
    assert evidence(named, "interste")["interstellar"] > evidence(named, "inter")["interstellar"]


def test_of_titles_that_begin_so_the_popular_one_has_more(named: Catalogue) -> None:
    found = evidence(named, "the dark")

    assert list(found)[:2] == ["dark-knight", "dark-horse"]
    letters = {"dark-knight": len("dark knight"), "dark-horse": len("dark horse")}
    scoring = SCORING.titles
    expected = {
        key: scoring.prefix
        + scoring.prefix_surface
        + scoring.prefix_covered * len("dark") / n
        + scoring.prefix_popularity * POPULARITY[key]
        for key, n in letters.items()
    }
    assert {key: found[key] for key in letters} == pytest.approx(expected, abs=1e-6)


def test_a_beginning_with_its_article_is_more_than_without(named: Catalogue) -> None:
    found = evidence(named, "the dark")

    assert found["dark-horse"] > found["dark-star"] > 0


def test_what_was_typed_counts_beside_what_is_meant(named: Catalogue) -> None:
    ranking = titles.retrieve(named, ["2012", "haet"], None)

    assert {CONTENTS[row].id for row in ranking.rows} == {"2012", "heat", "the-heat"}


@pytest.mark.parametrize("query", ["cold", "x", "", "!?", "in", "qqqqqqqq", "star trek the next generation"])
def test_what_is_no_title_has_no_evidence(named: Catalogue, query: str) -> None:
    assert evidence(named, query) == {}


def test_only_allowed_rows_come_back(named: Catalogue) -> None:
    allowed = np.array([content.id != "heat" for content in CONTENTS])

    found = titles.retrieve(named, ["heat"], allowed)

    assert [CONTENTS[row].id for row in found.rows] == ["the-heat"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("Heat 1995", ("Heat", 1995)),
        ("Heat (1995)", ("Heat", 1995)),
        ("1917", ("1917", None)),
        ("blade runner 2049", ("blade runner", 2049)),
        ("heat of 95", ("heat of 95", None)),
    ],
)
def test_a_year_at_the_end_is_told_from_the_title(query: str, expected: tuple[str, int | None]) -> None:
    assert without_year(query) == expected
