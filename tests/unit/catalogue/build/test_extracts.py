"""Facts in the first lines of an article."""

import pytest

from discovery.catalogue.build.extracts import countries, directors, languages


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Alien is a 1979 film directed by Ridley Scott and written by Dan O'Bannon.", ["Ridley Scott"]),
        ("a film directed by and starring William S. Hart. Footage surfaced", ["William S. Hart"]),
        ("written, co-scored, and directed by Rob Zombie in his debut", ["Rob Zombie"]),
        ("written and directed by Guillermo del Toro.", ["Guillermo del Toro"]),
        ("directed by Ann Lee, Bo Ray, and Cy Fox.", ["Ann Lee", "Bo Ray", "Cy Fox"]),
        ("directed by Joel and Ethan Coen.", ["Joel Coen", "Ethan Coen"]),
        ("directed by Harry Smith, Jr. and Bo van der Berg", ["Harry Smith Jr.", "Bo van der Berg"]),
        ("directed by William J. Hole Jr. The film stars", ["William J. Hole Jr."]),
        ("directed by John Ford. It stars", ["John Ford"]),
        ("directed by Chloé Zhao. Based on", ["Chloé Zhao"]),
        ("It was directed by Mary Smith's husband", []),
        ("directed by the brothers", []),
        ("directed by McG and written by", []),
        ("produced by Hal Roach", []),
        ("", []),
    ],
)
def test_who_directed_it(text: str, expected: list[str]) -> None:
    assert directors(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Splice is a 2009 Canadian-French science fiction horror film.", ["Canada", "France"]),
        ("It is an American silent film.", ["United States"]),
        ("Heat was a 1995 British American crime thriller.", ["United Kingdom", "United States"]),
        ("Drive is a 2009 film. It follows a French chef.", []),
        ("The film is a polish of an old story", []),
        ("", []),
    ],
)
def test_where_it_was_made(text: str, expected: list[str]) -> None:
    assert countries(text) == expected


def test_in_which_language_it_is() -> None:
    assert languages("a 1998 Spanish-language film, dubbed into a French language version") == ["Spanish", "French"]
    assert languages("a sign-language film in Elvish-language") == []
