"""Which word is meant by one that a catalogue lacks."""

from collections import Counter

import pytest

from discovery.catalogue.content import Content
from discovery.catalogue.lexicon import Lexicon, words_for_spelling

CONTENTS = [
    Content(id="a", title="Interstellar", cast=("Matthew McConaughey",), directors=("Christopher Nolan",)),
    Content(id="b", title="Amélie", genres=("Romance",), keywords=("heist", "whimsical")),
    Content(id="c", title="The Heiress", keywords=("heist",)),
    Content(id="d", title="Weird Science", aliases=("Weird", "A Lot")),
]


@pytest.fixture(scope="module")
def lexicon(tmp_path_factory: pytest.TempPathFactory) -> Lexicon:
    folder = tmp_path_factory.mktemp("lexicon") / "lexicon"
    Lexicon.write(folder, Counter(word for content in CONTENTS for word in words_for_spelling(content)))
    return Lexicon.open(folder)


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("intersteller", "interstellar"),
        ("Intersetllar", "interstellar"),
        ("interstlelar", "interstellar"),
        ("amelei", "amelie"),
        ("nolen", "nolan"),
        ("mcconaughy", "mcconaughey"),
        ("romence", "romance"),
        ("hiest", "heist"),
        ("wierd", "weird"),
    ],
)
def test_a_word_one_edit_away_is_meant(lexicon: Lexicon, word: str, meant: str) -> None:
    assert lexicon.corrected(word) == meant


def test_two_edits_are_made_in_long_words_alone(lexicon: Lexicon) -> None:
    assert lexicon.corrected("intersteler") == "interstellar"
    assert lexicon.corrected("nulin") is None


def test_near_words_begin_with_the_same_letter_first_and_then_the_frequent_come_first(lexicon: Lexicon) -> None:
    assert lexicon.near("weiss", 2) == ["weird", "heist"]
    assert lexicon.near("hei", 1) == []


@pytest.mark.parametrize("word", ["xyz", "lotr", "qqqqqqqq", "", "1917", "r2d2", "日本語"])
def test_what_is_near_nothing_stays(lexicon: Lexicon, word: str) -> None:
    assert lexicon.corrected(word) is None


def test_a_first_letter_may_be_wrong_where_nothing_else_is_near(lexicon: Lexicon) -> None:
    assert lexicon.corrected("neist") == "heist"
    assert lexicon.corrected("heiss") == "heist"
