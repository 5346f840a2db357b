"""Which queries are written in query syntax."""

import pytest

from discovery.retrieval.understanding.syntax import is_plain


@pytest.mark.parametrize(
    "terms", ["GONE WITH THE WIND AND FIRE", "don't look now", "Star Wars: Episode IV", "wall-e", "alien"]
)
def test_capitals_apostrophes_and_colons_after_a_word_are_no_syntax(terms: str) -> None:
    assert is_plain(terms)


@pytest.mark.parametrize(
    "terms", ["shark AND boat", '"al pacino"', "title:alien", "pacino -heist", "(alien)", "ali*", "'al pacino'"]
)
def test_operators_quotes_fields_and_signs_are_syntax(terms: str) -> None:
    assert not is_plain(terms)
