"""Whether a query is written in query syntax: phrases, AND, OR, NOT, + and -, field:, parentheses, weights."""

import re

_SYNTAX = re.compile(r"\"|(?<!\w)'|\w:\S|[()\[\]{}^~*\\]|(?:^|\s)[+-]\w")
_OPERATORS = re.compile(r"\b(?:AND|OR|NOT)\b")


def is_plain(terms: str) -> bool:
    """Whether terms use no query syntax: an apostrophe in a word, a colon after one and capitals are none."""
    return not (_SYNTAX.search(terms) or (_OPERATORS.search(terms) and terms != terms.upper()))
