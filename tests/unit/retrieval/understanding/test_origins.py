"""Where the titles are from that a query wants; cautious, though what is read is no constraint."""

import pytest

from discovery.retrieval.understanding.origins import OriginReader, Origins

READER = OriginReader(["thriller", "comedies", "animation", "horror", "drama"])


def origins(countries: str = "", languages: str = "", words: str = "") -> Origins:
    return Origins(*(tuple(filter(None, part.split(","))) for part in (countries, languages, words)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("korean thriller", origins("South Korea", "Korean", "korean")),
        ("South Korean drama", origins("South Korea", "Korean", "korean")),
        ("french new wave films", origins("France", "French", "french")),
        ("British horror", origins("United Kingdom", "", "british")),
        ("hindi comedies", origins("", "Hindi", "hindi")),
        ("hong kong thriller", origins("Hong Kong", "", "Hong Kong")),
        ("french and italian comedies", origins("France,Italy", "French,Italian", "french,italian")),
        ("films in spanish", origins("", "Spanish", "Spanish")),
        ("spanish-language horror", origins("", "Spanish", "Spanish")),
        ("movies from france", origins("France", "", "france")),
        ("horror made in South Korea", origins("South Korea", "", "south korea")),
        ("the best korean", origins("South Korea", "Korean", "korean")),
        ("bollywood", origins("India", "Hindi", "Hindi")),
    ],
)
def test_what_is_read(text: str, expected: Origins) -> None:
    assert READER.read(text) == expected


@pytest.mark.parametrize(
    "text",
    ["the italian j", "spanish prisoner", "films set in france", "polish wedding", "france", "a frenchman's films"],
)
def test_what_is_left_alone(text: str) -> None:
    assert READER.read(text) == Origins()
