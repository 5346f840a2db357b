"""What people type on their way to a name."""

import pytest

from lab.suggestions.prefixes import misspelled, on_the_way, unfinished


def test_a_share_of_the_letters_is_rounded_up() -> None:
    assert unfinished("Alien", 0.6) == "Ali"
    assert unfinished("Heat", 0.6) == "Hea"
    assert unfinished("M", 0.6) == "M"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("casabl", "casbal"),
        ("star", "stra"),
        ("aaab", "aaba"),
        ("the dark", "the drak"),
        ("aaaa", "aaaa"),
        ("up", "up"),
    ],
)
def test_two_letters_inside_a_word_are_swapped_and_its_first_one_stays(text: str, expected: str) -> None:
    assert misspelled(text) == expected


def test_beginnings_are_of_every_length_up_to_the_most() -> None:
    assert on_the_way(["Alien", "Heat", "Titanic", "M", "Jaws"], most=3) == ["A", "He", "Tit", "M", "Ja"]
