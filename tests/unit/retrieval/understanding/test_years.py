"""Years in a query."""

import pytest

from discovery.retrieval.understanding import years


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("90s", (1990, 1999)),
        ("'90s", (1990, 1999)),
        ("the 90’s", (1990, 1999)),
        ("1990s", (1990, 1999)),
        ("from the 1990s", (1990, 1999)),
        ("30s", (1930, 1939)),
        ("20s", (2020, 2029)),
        ("00s", (2000, 2009)),
        ("2010s", (2010, 2019)),
        ("early 2000s", (2000, 2003)),
        ("mid-90s", (1994, 1996)),
        ("Late 80s", (1987, 1989)),
        ("before the 80s", (None, 1979)),
        ("until the 80s", (None, 1989)),
        ("after the 1980s", (1990, None)),
        ("since the 70s", (1970, None)),
        ("before 1980", (None, 1979)),
        ("BEFORE 1980", (None, 1979)),
        ("before the year 1980", (None, 1979)),
        ("until 1980", (None, 1980)),
        ("up to 1980", (None, 1980)),
        ("after 1980", (1981, None)),
        ("since 1980", (1980, None)),
        ("in 1980", (1980, 1980)),
        ("made in 1980", (1980, 1980)),
        ("of 1980", (1980, 1980)),
        ("from 1980", (1980, 1980)),
        ("from 1980 on", (1980, None)),
        ("from 1980 onwards", (1980, None)),
        ("2010 to 2015", (2010, 2015)),
        ("from 2010 to 2015", (2010, 2015)),
        ("between 2010 and 2015", (2010, 2015)),
        ("2010-2015", (2010, 2015)),
        ("2010 – 2015", (2010, 2015)),
        ("2015 to 2010", (2010, 2015)),
    ],
)
def test_an_expression_for_years_is_read_and_leaves_the_words(text: str, expected: years.YearRange) -> None:
    rest, wanted = years.take(f"dramas {text} about chess")

    assert wanted == expected
    assert rest.split() == ["dramas", "about", "chess"]


@pytest.mark.parametrize(
    "text",
    ["", "1984", "2012", "blade runner 2049", "crime 1972", "3000s", "5s", "100s", "apollo 13", "in 3000", "in 19800"],
)
def test_a_bare_number_and_a_year_without_films_stay_words(text: str) -> None:
    assert years.take(text) == (text, None)
