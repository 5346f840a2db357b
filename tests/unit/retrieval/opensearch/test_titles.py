"""Ways in which a text may be a title, as bits of a score."""

import pytest

from discovery.retrieval.opensearch import titles
from discovery.retrieval.opensearch.asking import Form
from discovery.retrieval.opensearch.pool import Pool
from discovery.retrieval.titles import TitleText
from discovery.scoring import SCORING
from tests.unit.retrieval.opensearch.engines import found, hit

SCORES = SCORING.titles
IS, AS_WRITTEN, NEARLY, BEGINS, BEGINS_AS_WRITTEN, BEGINS_NEARLY = 32, 16, 8, 4, 2, 1


def ways(text: str) -> set[int]:
    return {way["constant_score"]["boost"] for way in titles.ways_query(TitleText.of(text))["bool"]["should"]}


def evidence(text: str, **ways: tuple[int, int]) -> dict[str, float]:
    """The evidence for titles of which each was found in these ways, and has a length."""
    asking = titles.asking([text], Form(), SCORES)
    (search,) = asking.searches
    hits = [found(search, *(hit(name, way, title_length=length) for name, (way, length) in ways.items()))]
    pool = Pool.of(hits, constrained=False)
    ranking = asking.read(hits, pool)
    return {pool.ids[row]: strength for row, strength in zip(ranking.rows, ranking.evidence.tolist(), strict=True)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("it", {IS, AS_WRITTEN}),
        ("wal", {IS, AS_WRITTEN, BEGINS}),
        ("heat", {IS, AS_WRITTEN, NEARLY, BEGINS}),
        ("the heat", {IS, AS_WRITTEN, NEARLY, BEGINS, BEGINS_AS_WRITTEN}),
        ("alien", {IS, AS_WRITTEN, NEARLY, BEGINS, BEGINS_NEARLY}),
    ],
)
def test_short_texts_are_looked_for_in_fewer_ways(text: str, expected: set[int]) -> None:
    assert ways(text) == expected


def test_with_a_year_at_its_end_a_query_is_two_texts() -> None:
    assert len(titles.asking(["heat 1995", "heat 1995"], Form(), SCORES).searches) == 2
    assert not titles.asking(["!"], Form(), SCORES).searches


def test_a_title_as_written_counts_more_than_one_without_its_article() -> None:
    of = evidence("the heat", a=(IS + AS_WRITTEN, 4), b=(IS, 4))

    assert of == {"a": pytest.approx(SCORES.exact + SCORES.surface), "b": pytest.approx(SCORES.exact)}


def test_a_beginning_counts_by_how_much_of_the_title_is_there() -> None:
    of = evidence("alie", a=(BEGINS, 5))

    assert of == {"a": pytest.approx(SCORES.prefix + SCORES.prefix_covered * 4 / 5)}


def test_a_misspelled_beginning_counts_only_where_nothing_begins_so() -> None:
    alone = evidence("alien", a=(BEGINS_NEARLY, 8))
    beside = evidence("alien", a=(BEGINS_NEARLY, 8), b=(BEGINS, 10))

    assert alone["a"] == pytest.approx(SCORES.prefix_with_edit * (SCORES.prefix + SCORES.prefix_covered * 5 / 8))
    assert beside.keys() == {"b"}


def test_a_title_that_is_shorter_than_its_alias_does_not_begin_so() -> None:
    assert evidence("alien", a=(BEGINS, 3)) == {}


def test_an_edit_counts_less_where_the_text_begins_another_title() -> None:
    alone, beside = evidence("aliem", a=(NEARLY, 5)), evidence("aliem", a=(NEARLY, 5), b=(BEGINS, 9))

    assert alone["a"] == pytest.approx(SCORES.edit * (1 - SCORES.edit_length / 5))
    assert beside["a"] == pytest.approx(alone["a"] * SCORES.edit_of_beginning)
