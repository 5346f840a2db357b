"""Why a result matched, in words."""

import pytest

from discovery.api.query_responses import LikeTitle, QueryParsed
from discovery.catalogue.content import Content
from discovery.catalogue.keyword_index import analyzer
from discovery.retrieval.reasons import MatchReasons
from discovery.retrieval.words import WordMatcher
from tests import catalogues

ALIEN = LikeTitle(id="alien-1979", title="Alien")


def reasons(content_id: str, parsed: QueryParsed, *, by_meaning: bool = False) -> tuple[str, ...]:
    return reasons_of(catalogues.CONTENTS[catalogues.row_of(content_id)], parsed, by_meaning=by_meaning)


def reasons_of(content: Content, parsed: QueryParsed, *, by_meaning: bool = False) -> tuple[str, ...]:
    (found,) = MatchReasons(WordMatcher(analyzer().analyze)).of([content], [by_meaning], parsed)
    return found


@pytest.mark.parametrize(
    ("content_id", "terms", "expected"),
    [
        ("jaws-1975", "sharks", ("overview: shark",)),
        ("amelie-2001", "AMELIE", ("title: amélie",)),
        ("heat-1995", "pacino", ("cast: pacino",)),
        ("heat-1995", "heat al pacino heist", ("title: heat", "cast: al, pacino", "overview: heist")),
        ("jaws-1975", "a shark and a boat", ("overview: a, shark, and, boat")),
    ],
)
def test_a_reason_names_the_field_and_its_words(content_id: str, terms: str, expected: tuple[str, ...] | str) -> None:
    assert reasons(content_id, QueryParsed(text=terms, terms=terms)) == (
        (expected,) if isinstance(expected, str) else expected
    )


def test_a_field_shows_at_most_five_words_each_once() -> None:
    content = Content(id="x", title="X", overview="One, two one. Three four five six seven?")
    query = "one two three four five six seven"

    assert reasons_of(content, QueryParsed(text=query, terms=query)) == ("overview: one, two, three, four, five",)


def test_meaning_alone_is_a_reason() -> None:
    assert reasons("jaws-1975", QueryParsed(text="whale", terms="whale"), by_meaning=True) == ("meaning",)


def test_likeness_alone_is_a_reason() -> None:
    parsed = QueryParsed(text="", terms="", like=ALIEN)

    assert reasons("gravity-2013", parsed, by_meaning=True) == ("like Alien",)


def test_likeness_and_words_are_two_reasons() -> None:
    parsed = QueryParsed(text="funny", terms="", like=ALIEN)

    assert reasons("gravity-2013", parsed, by_meaning=True) == ("meaning", "like Alien")


def test_what_was_understood_is_a_reason_where_the_content_has_it() -> None:
    parsed = QueryParsed(
        text="romance", terms="", genres=("ROMANCE", "War"), platforms=("Netflix", "Max"), year_range=(1940, None)
    )

    assert reasons("amelie-2001", parsed) == ("genre: ROMANCE", "platform: Max", "year: 2001")


def test_an_unknown_year_is_no_reason_and_popularity_is_the_last_resort() -> None:
    assert reasons("lost-reel", QueryParsed(text="", terms="", year_range=(1940, None))) == ("popular",)


@pytest.mark.parametrize(
    ("overview", "terms", "expected"),
    [
        ("The O'Brien_file, a heart and art's ART.", "art brien", "o'brien_file, art's, art"),
        ("Dying, lying and tied.", "die lies tie", "dying, lying, tied"),
        ("The O'Brien_file, my_heart.", "brien hearts", "o'brien_file, my_heart"),
        ("A café, an art café.", "cafe art", "café, art"),
        ("Happiness; possibilities.", "happy possible", "happiness, possibilities"),
        ("'Tis a rock''n'roll ''n'' sign", "n tis", "tis, n'roll, n"),
    ],
)
def test_a_word_counts_by_any_part_of_it_and_by_its_stem(overview: str, terms: str, expected: str) -> None:
    (found,) = reasons_of(Content(id="x", title="X", overview=overview), QueryParsed(text=terms, terms=terms))

    assert found.removeprefix("overview: ") == expected
