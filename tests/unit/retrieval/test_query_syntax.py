"""Which syntax a query may use, and how much of it; counted in what Tantivy is given, as no clock is."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from discovery.api.requests import MAX_QUERY_LENGTH
from discovery.catalogue.bundle import Catalogue
from discovery.catalogue.keyword_index import TEXT_FIELDS
from discovery.retrieval.bundle.keyword import syntax_query
from discovery.retrieval.query_syntax import (
    MAX_PARENTHESES,
    MAX_PHRASES,
    MAX_STOP_WORDS,
    MAX_WORDS,
    MAX_WORDS_WITH_SYNTAX,
    is_affordable,
    plain_words,
)

NOUNS = [
    "alien",
    "boat",
    "chess",
    "diner",
    "eagle",
    "fever",
    "garden",
    "heist",
    "island",
    "jungle",
    "king",
    "lion",
    "moon",
    "night",
    "ocean",
    "piano",
    "queen",
    "river",
]
STOP_WORDS = ["the", "a", "of", "to", "in", "and", "his", "her", "with", "for"]


def filled(part: str) -> str:
    """A part again and again, as long as a query may be."""
    return " ".join([part] * (MAX_QUERY_LENGTH // (len(part) + 1)))


COSTLY = {
    "a phrase of stop words": '"the a"',
    "stop words joined": "of-the",
    "stop words in single quotes": "'of the'",
    "stop words joined by underscores": "of_the",
    "the same again and again": filled('"the a"'),
    "many phrases": " ".join(f'"{noun} the"' for noun in NOUNS),
    "nested phrases": '("alien the" OR ' * 25 + "a" + ")" * 25,
    "nested words": "(a OR " * 70 + "b" + ")" * 70,
    "a phrase of everything": '"' + filled("the alien") + '"',
    "everything joined": "-".join(["the", "a"] * 100),
    "many words": " OR ".join(f"{noun}{number}" for noun in NOUNS for number in range(3)),
    "many stop words": filled(" ".join(STOP_WORDS)),
    "a few stop words again and again": filled("+the +of"),
    "a range": "overview:[a TO z]",
    "an exclusive range": "overview:{a TO z}",
    "a bound": "overview:>a",
    "a set": "overview: IN [the a]",
    "a distance": '"alien the"~50',
    "a phrase with a prefix": '"alien t"*',
    "everything beside words": "* alien",
    "words beside everything": "alien *",
    "an escaped quote": r'"x\" "of the" "in a"',
}


def clauses(query: object) -> dict[str, int]:
    """How often each kind of clause is in a query, for one field."""
    kinds = re.findall(r"\b(\w+Query)\b", repr(query))
    return {kind: kinds.count(kind) for kind in set(kinds) - {"BooleanQuery"}}


@pytest.mark.parametrize("terms", COSTLY.values(), ids=COSTLY.keys())
def test_what_would_take_too_long_is_searched_as_a_bounded_number_of_plain_words(
    catalogue: Catalogue, terms: str
) -> None:
    assert syntax_query(catalogue.keyword, terms) is None
    assert len(plain_words(terms).split()) <= MAX_WORDS


ORDINARY = [
    "alien",
    "*",
    'cast:"al pacino"',
    "pacino -heist",
    "pacino AND (heist OR mafia)",
    "wall-e",
    "Face/Off",
    "The Lord of the Rings: The Return of the King",
    '"to be or not to be"',
    '"alien the" OR "boat a" OR "heist of"',
]


@pytest.mark.parametrize("terms", ORDINARY)
def test_ordinary_syntax_is_left_to_the_parser(terms: str) -> None:
    assert is_affordable(terms)


def nested(depth: int) -> str:
    return "(" * depth + "alien" + ")" * depth


@pytest.mark.parametrize(
    ("most", "one_more"),
    [
        (" ".join(NOUNS[:MAX_WORDS_WITH_SYNTAX]), " ".join(NOUNS[: MAX_WORDS_WITH_SYNTAX + 1])),
        (" ".join(STOP_WORDS[:MAX_STOP_WORDS]), " ".join(STOP_WORDS[: MAX_STOP_WORDS + 1])),
        (nested(MAX_PARENTHESES), nested(MAX_PARENTHESES + 1)),
    ],
    ids=["words", "stop words", "parentheses"],
)
def test_syntax_is_affordable_up_to_a_limit(most: str, one_more: str) -> None:
    assert is_affordable(most)
    assert not is_affordable(one_more)


@pytest.mark.parametrize(
    "most", [[*NOUNS, *NOUNS][:MAX_WORDS], STOP_WORDS[:1] * MAX_STOP_WORDS], ids=["words", "stop words"]
)
def test_of_just_as_many_plain_words_as_there_may_be_all_are_searched(most: list[str]) -> None:
    assert plain_words(" ".join(most)).split() == most


@given(st.lists(st.sampled_from([*"\"'()[]~*-_:\\", " ", " ", *STOP_WORDS, *NOUNS, "title:", " AND "]), max_size=120))
def test_no_syntax_makes_more_clauses_than_the_bound(catalogue: Catalogue, parts: list[str]) -> None:
    query = syntax_query(catalogue.keyword, "".join(parts))
    searched = clauses(query) if query is not None else {}

    assert set(searched) <= {"TermQuery", "PhraseQuery", "AllQuery", "EmptyQuery"}
    assert searched.get("TermQuery", 0) <= MAX_WORDS * len(TEXT_FIELDS)
    assert searched.get("PhraseQuery", 0) <= MAX_PHRASES * len(TEXT_FIELDS)


def test_plain_words_are_the_letters_and_digits_alone() -> None:
    assert plain_words('(Alien AND "été") -title:2^5 of_the') == "alien and été title 2 5 of the"


def test_of_too_many_plain_words_the_first_telling_ones_are_searched_once_each() -> None:
    words = [f"{noun}{number}" for number in range(2) for noun in NOUNS]

    assert plain_words(" ".join([*STOP_WORDS, "lion", *words, *words])).split() == ["lion", *words][:MAX_WORDS]


def test_of_too_many_stop_words_the_first_are_searched() -> None:
    assert plain_words(" ".join([*STOP_WORDS, *STOP_WORDS])).split() == STOP_WORDS[:MAX_STOP_WORDS]


ANY_QUERY = st.text(max_size=MAX_QUERY_LENGTH) | st.lists(
    st.sampled_from([*"\"'()[]~*-_:\\^+", " ", "\u0130", "ß", *STOP_WORDS, *NOUNS]), max_size=120
).map("".join)


@given(ANY_QUERY)
def test_the_plain_words_of_plain_words_are_themselves(query: str) -> None:
    words = plain_words(query)

    assert plain_words(words) == words
    assert len(words.split()) <= MAX_WORDS


@given(ANY_QUERY)
def test_plain_words_need_no_syntax(query: str) -> None:
    words = plain_words(query)

    assert re.fullmatch(r"[\w ]*", words)
    assert words == words.lower()  # operators are upper-case
    assert is_affordable(words) or len(words.split()) > MAX_WORDS_WITH_SYNTAX
