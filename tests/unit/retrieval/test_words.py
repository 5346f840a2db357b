"""Which words of texts hold a term of a query, and where they are."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from discovery.catalogue.keyword_index import analyzer
from discovery.retrieval.words import WordMatcher, beginnings
from tests import catalogues

ANALYZE = analyzer().analyze
WORDS = WordMatcher(ANALYZE)
WORD = re.compile(r"\w+(?:['’]\w+)*")

FORMS = [
    *(
        "run",
        "running",
        "runs",
        "possible",
        "Possibilities",
        "happy",
        "HAPPINESS",
        "die",
        "dying",
        "lies",
        "skies",
        "sky",
    ),
    *("café", "CAFE", "Amélie", "naïve", "İstanbul", "straße", "ﬁlm", "Ⅷ", "O'Brien", "l’art", "foo_bar", "1984", "x"),
    *("千と千尋", "фильм", "🎬", "K2", "''n''", "_", "the", "of"),
]
SEPARATORS = st.sampled_from([" ", ", ", "-", "'", "’", "_", "\n", "... ", "\u2028", ""])
TEXTS = st.lists(st.sampled_from(FORMS) | st.text(max_size=6), max_size=30).flatmap(
    lambda words: st.tuples(*(SEPARATORS.map(word.__add__) for word in words)).map("".join)
)


@pytest.mark.parametrize(
    ("text", "asked", "expected"),
    [
        ("A Heist in Space", "heists", ["Heist"]),
        ("Amélie's cafés", "AMELIE cafe", ["Amélie's", "cafés"]),
        ("İİ café", "cafe", ["café"]),
        ("🎬🎬 alien 🎬 ALIENS", "alien", ["alien", "ALIENS"]),
        ("Nothing of it", "shark", []),
        ("Anything", "", []),
        ("", "anything", []),
    ],
)
def test_words_are_where_they_are_in_the_text_as_it_was(text: str, asked: str, expected: list[str]) -> None:
    (spans,) = WORDS.spans([text], asked)

    assert [text[start:end] for start, end in spans] == expected


@given(texts=st.lists(TEXTS, max_size=4), asked=TEXTS)
def test_they_are_those_that_going_through_every_word_finds(texts: list[str], asked: str) -> None:
    """Against brute force."""
    terms = set(ANALYZE(asked))

    found = [list(spans) for spans in WORDS.spans(texts, asked)]

    assert found == [
        [match.span() for match in WORD.finditer(text) if terms & set(ANALYZE(match[0]))] for text in texts
    ]


def test_every_word_of_the_catalogue_begins_as_its_stem_says() -> None:
    words = {word for content in catalogues.CONTENTS for word in re.findall("[a-z0-9]+", content.overview.lower())}
    words |= set(ENDINGS)

    for word in words:
        for term in ANALYZE(word):
            assert word.startswith(beginnings(term)), (word, term)


ENDINGS = (
    *("happily", "skies", "dying", "lied", "tying", "idly", "gently", "ugly", "early", "only", "singly", "relational"),
    *("conditional", "rationally", "valenci", "hesitancy", "digitizer", "conformably", "radically", "differently"),
    *("vilely", "analogously", "vietnamization", "predication", "operator", "feudalism", "decisiveness", "hopefulness"),
    *("callousness", "formality", "sensitivity", "sensibilities", "apologies", "hopping", "hoping", "luxuriating"),
)
