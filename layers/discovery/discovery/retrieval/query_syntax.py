"""How much query syntax a query may use, so that no query takes many times as long as an ordinary one.

What costs time, of Tantivy in 36 273 films: each phrase of frequent words 4 ms ("the a" is nearly everywhere, so every
position is compared), a phrase of a hundred words 34 ms, a range over words 20 ms, forty phrases in nested parentheses
136 ms. An ordinary query takes 0.2 ms.
"""

import re

from discovery.retrieval.understanding.wording import STOP_WORDS

MAX_WORDS = 24
"""Plain ones: each is looked up in four fields."""
MAX_STOP_WORDS = 8
"""Each is in so many texts that it costs as much as three other words."""
MAX_WORDS_WITH_SYNTAX = 12
"""Field names and operators count too. What must match, or must not, has every text with one of the words compared."""
MAX_PHRASES = 3
MAX_PARENTHESES = 3

_WORD = re.compile(r"[^\W_]+")
"""What Tantivy's analyzer takes for a word; it splits at the underscore too."""
_BEYOND = re.compile(r'[\[\]{}~\\]|:\s*[<>]|["\']\s*\*|^\*\s|\s\*')
"""Ranges, sets, distances, escapes, phrases whose last word is a prefix, and everything ("*") beside words."""
_UNIT = re.compile(r"\"[^\"]*\"|'[^']*'|[^\s()\"']+")
"""A quoted text, or a run without white space: "wall-e" is a phrase of two words."""


def is_affordable(terms: str) -> bool:
    """Whether terms may be read with query syntax, rather than as plain words."""
    if _BEYOND.search(terms) or terms.count("(") > MAX_PARENTHESES:
        return False
    words = _WORD.findall(terms.lower())
    if len(words) > MAX_WORDS_WITH_SYNTAX or _are_too_many(words):
        return False
    units = [_WORD.findall(unit.lower()) for unit in _UNIT.findall(terms)]
    phrases = [words for words in units if len(words) > 1]
    return len(phrases) <= MAX_PHRASES and not any(STOP_WORDS.issuperset(phrase) for phrase in phrases)


def plain_words(terms: str) -> str:
    """The words alone: no character that means anything to the parser, and no operator (they are upper-case).

    Of too many, the first distinct ones that are no stop words.
    """
    words = _WORD.findall(terms.lower())
    if _are_too_many(words):
        telling = list(dict.fromkeys(word for word in words if word not in STOP_WORDS))
        words = telling[:MAX_WORDS] or list(dict.fromkeys(words))[:MAX_STOP_WORDS]
    return " ".join(words)


def parts_of(word: str) -> list[str]:
    """What the analyzer makes words of, before it stems them: "amelie's" is "amelie" and "s"."""
    return _WORD.findall(word.lower())


def _are_too_many(words: list[str]) -> bool:
    return len(words) > MAX_WORDS or sum(word in STOP_WORDS for word in words) > MAX_STOP_WORDS
