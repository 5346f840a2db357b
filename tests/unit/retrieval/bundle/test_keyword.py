"""BM25 in Tantivy, and the constraints inside its query."""

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from discovery.catalogue.build.builder import build_bundle
from discovery.catalogue.bundle import Catalogue
from discovery.catalogue.content import Content
from discovery.catalogue.keyword_index import MOST_HITS, analyzer
from discovery.retrieval.bundle import keyword
from discovery.retrieval.bundle.selection import Mask
from discovery.retrieval.keyword import inverse_frequency
from discovery.retrieval.ranking import Ranking
from discovery.scoring import SCORING
from tests import catalogues


def search(catalogue: Catalogue, terms: str, allowed: Mask | None = None) -> Ranking:
    return keyword.retrieve(catalogue.keyword, terms, allowed)


def by_row(ranking: Ranking) -> dict[int, float]:
    return dict(zip(ranking.rows.tolist(), ranking.scores.tolist(), strict=True))


def found(catalogue: Catalogue, terms: str) -> list[str]:
    return catalogues.ids_of(search(catalogue, terms).rows)


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        ("jaws", "jaws-1975"),
        ("amelie", "amelie-2001"),
        ("AMÉLIE", "amelie-2001"),
        ("cafe", "casablanca-1942"),
        ("café", "casablanca-1942"),
        ("patriarchs", "godfather-1972"),
        ("arranging", "amelie-2001"),
        ("vienna", "before-sunrise-1995"),
        ("tautou", "amelie-2001"),
        ("Leonardo DiCaprio", "titanic-1997"),
        ("1917", "1917-2019"),
        ("queens gambit", "queens-gambit-2020"),
        ("wall e", "wall-e-2008"),
    ],
)
def test_words_are_found_whatever_their_case_accents_and_endings(
    catalogue: Catalogue, terms: str, expected: str
) -> None:
    assert found(catalogue, terms)[0] == expected


def test_every_text_field_is_searched(tmp_path: Path) -> None:
    contents = [
        Content(id="title", title="Zebra"),
        Content(id="overview", title="A", overview="A zebra."),
        Content(id="cast", title="B", cast=("Zoe Zebra",)),
        Content(id="genre", title="C", genres=("Zebra",)),
        Content(id="none", title="D", overview="A horse."),
    ]
    build_bundle(contents, catalogues.model(), tmp_path / "bundle")

    with catalogues.opened(tmp_path / "bundle") as catalogue:
        rows = search(catalogue, "zebras").rows

    assert {contents[row].id for row in rows} == {"title", "overview", "cast", "genre"}


def bundled(tmp_path: Path, *overviews: str) -> Path:
    contents = [Content(id=f"c{n}", title=f"T{n}", overview=overview) for n, overview in enumerate(overviews)]
    build_bundle(contents, catalogues.model(), tmp_path / "bundle")
    return tmp_path / "bundle"


def test_matches_come_with_the_strongest_evidence_first(catalogue: Catalogue) -> None:
    every = search(catalogue, "love war marriage")

    assert len(every.rows) > 2
    assert list(every.evidence) == sorted(every.evidence, reverse=True)
    assert all(0 < evidence <= 1 for evidence in every.evidence)


def test_equal_evidence_is_in_order_of_row(tmp_path: Path) -> None:
    build_bundle([Content(id=f"c{n}", title="Same") for n in range(50)], catalogues.model(), tmp_path / "bundle")

    with catalogues.opened(tmp_path / "bundle") as catalogue:
        assert search(catalogue, "same").rows.tolist() == list(range(50))


def test_more_of_the_query_is_more_evidence_than_a_word_often(tmp_path: Path) -> None:
    with catalogues.opened(
        bundled(tmp_path, "whale whale whale whale", "whale and a harpoon", *["a stone"] * 9)
    ) as catalogue:
        ranking = search(catalogue, "whale harpoon")

    assert ranking.rows.tolist() == [1, 0]
    assert ranking.evidence[0] == pytest.approx(1 - SCORING.words.phrase, abs=0.001)


def test_words_side_by_side_are_more_evidence_than_apart(tmp_path: Path) -> None:
    overviews = ["roach and one hal", "one and hal roach"] + ["a stone"] * 9
    with catalogues.opened(bundled(tmp_path, *overviews)) as catalogue:
        ranking = search(catalogue, "hal roach")

    apart, together = np.argsort(ranking.rows)
    assert ranking.scores[together] == pytest.approx(ranking.scores[apart], abs=0.01)
    assert ranking.evidence[together] - ranking.evidence[apart] == pytest.approx(SCORING.words.phrase, abs=0.01)


def test_a_frequent_word_alone_is_no_match_of_a_query_with_rarer_ones(tmp_path: Path) -> None:
    overviews = ["man of steel", "xylophone"] + ["a man"] * 50
    with catalogues.opened(bundled(tmp_path, *overviews)) as catalogue:
        assert sorted(search(catalogue, "man xylophone steel").rows) == [0, 1]
        assert len(search(catalogue, "man").rows) == 51


def test_a_word_that_the_catalogue_lacks_keeps_nothing_out(tmp_path: Path) -> None:
    with catalogues.opened(bundled(tmp_path, "a whale", "a stone")) as catalogue:
        assert search(catalogue, "whale qqqqqq").rows.tolist() == [0]
        assert not len(search(catalogue, "qqqqqq").rows)


@given(st.lists(st.sampled_from(["love", "war", "the", "shark", "mafia", "young", "waitress", "qq"]), max_size=6))
def test_a_match_holds_enough_of_the_query(catalogue: Catalogue, words: list[str]) -> None:
    """Against a count by brute force, over analyzed texts."""
    analyze = analyzer().analyze
    texts = [
        set(analyze(" ".join([c.title, *c.cast, *c.directors, *c.genres, *c.keywords, c.overview])))
        for c in catalogues.CONTENTS
    ]
    terms = set(analyze(" ".join(words)))
    weights = {
        term: inverse_frequency(catalogue.keyword.searcher.num_docs, catalogue.keyword.frequency(term))
        for term in terms
    }
    known = {term for term in terms if any(term in text for text in texts)}
    steps = {term: max(1, round(64 * weights[term] / sum(weights.values()))) for term in known}
    least = 0.34 * sum(steps.values())

    rows = search(catalogue, " ".join(words)).rows

    expected = [row for row, text in enumerate(texts) if known and sum(steps[t] for t in known & text) >= least]
    assert sorted(rows.tolist()) == expected


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        ('cast:"al pacino"', {"godfather-1972", "heat-1995"}),
        ("pacino -heist", {"godfather-1972"}),
        ("pacino AND heist", {"heat-1995"}),
        ("shark OR chess", {"jaws-1975", "queens-gambit-2020"}),
        ("title:alien", {"alien-1979"}),
        ('"pacino al"', set()),
    ],
)
def test_query_syntax_is_understood(catalogue: Catalogue, terms: str, expected: set[str]) -> None:
    assert set(found(catalogue, terms)) == expected


UNREADABLE = [
    '"alien',
    "alien)",
    "((((alien",
    "alien:",
    "field:alien",
    "year:alien",
    "alien^",
    "alien^-5",
    "alien^1e999",
    "*alien*",
    "alien\\",
    "/alien/[",
    "[alien",
    "NOT alien",
    "-alien",
    "alien OR",
    "@title:{alien}",
    "%%alien%%",
    "(@overview:alien)=>{$weight:5}",
    "alien\x00",
    "\x1b[alien",
    "alien 🚀",
    "\u202ealien",
    "alien שלום",
    "<b>alien</b>",
    "https://alien.example/?q=(",
    "' OR 1=1; alien --",
    "genre_code:alien",
    "row:alien",
]


@pytest.mark.parametrize("terms", UNREADABLE)
def test_what_the_parser_cannot_read_is_searched_as_plain_words(catalogue: Catalogue, terms: str) -> None:
    assert "alien-1979" in found(catalogue, terms)


NASTY = [
    "(" * 250 + ")" * 250,
    "(" * 500,
    ")" * 500,
    "(" * 247 + "alien" + ")" * 248,
    "(a OR " * 70 + "b" + ")" * 70,
    "NOT " * 125,
    "-" * 500,
    "+" * 500,
    '"' * 499,
    "\\" * 499,
    "^1" * 250,
    "title:" * 83,
    "a " * 250,
    "-a " * 166,
    "a" * 500,
    "*",
    "**",
    "/.*/",
    "title:/(a*)*b/",
    "[* TO *]",
    "{a TO b}",
    "year:[1990 TO 2000]",
    "rating:NaN",
    "row:99999999999999999999999999",
    "row:-1",
    'title:"alien jaws"~99999999999999999999',
    "IN [a b]",
    "title: IN [alien jaws]",
    "",
    " ",
    "\x00",
    "🚀",
    "👩‍👩‍👧",
    "\u202e",
    "\u200b",
    "\u0301",
    "שלום עולם",
    "日本語",
    "FT.SEARCH idx *",
    "*3\r\n$3\r\nSET\r\n",
    "${jndi:ldap://x}",
]


@pytest.mark.parametrize("terms", NASTY)
def test_no_query_is_an_error(catalogue: Catalogue, terms: str) -> None:
    assert all(math.isfinite(score) for score in search(catalogue, terms).scores)


@given(st.text(max_size=200))
def test_no_text_at_all_is_an_error(catalogue: Catalogue, terms: str) -> None:
    assert len(search(catalogue, terms).rows) <= catalogue.size


@given(
    st.text(alphabet='alien jaws()[]{}"^~*+-:/\\ANDORNOTIN TO', max_size=60)
    | st.sampled_from(["*", "love war", "the young"]),
    st.lists(st.booleans(), min_size=len(catalogues.CONTENTS), max_size=len(catalogues.CONTENTS)),
)
def test_what_is_allowed_only_takes_away(catalogue: Catalogue, terms: str, allowed: list[bool]) -> None:
    everything, some = search(catalogue, terms), search(catalogue, terms, np.array(allowed))

    kept = [place for place, row in enumerate(everything.rows.tolist()) if allowed[row]]
    assert some.rows.tolist() == everything.rows[kept].tolist()
    assert some.evidence.tolist() == everything.evidence[kept].tolist()
    assert some.scores.tolist() == everything.scores[kept].tolist()


def test_of_more_matches_than_one_search_gives_a_filter_only_takes_away(tmp_path: Path) -> None:
    contents = [Content(id=str(n), title="Love", genres=("War",) if n % 2 else ()) for n in range(MOST_HITS + 500)]
    build_bundle(contents, catalogues.model(), tmp_path / "many")
    with catalogues.opened(tmp_path / "many") as catalogue:
        everything = search(catalogue, "love")
        of_war = search(catalogue, "love", catalogue.columns.genres.having([0]))

    assert len(everything.rows) == MOST_HITS
    assert set(of_war.rows.tolist()) == {row for row in everything.rows.tolist() if row % 2}


def test_the_analyzer_folds_case_accents_and_endings() -> None:
    assert analyzer().analyze("Amélie's CAFÉS") == ["ameli", "s", "cafe"]


def test_a_word_is_known_in_whatever_field_it_is(tmp_path: Path) -> None:
    content = Content(
        id="1",
        title="Alpha",
        overview="beta",
        cast=("Gamma",),
        directors=("Delta",),
        genres=("Epsilon",),
        keywords=("zeta",),
        languages=("Theta",),
    )
    build_bundle([content], catalogues.model(), tmp_path / "one")
    with catalogues.opened(tmp_path / "one") as catalogue:
        index = catalogue.keyword
        words = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "theta"]
        assert [word for word in words if index.has(index.analyze(word)[0])] == words
        assert not index.has("iota")
        assert index.frequencies("iota") == {}
