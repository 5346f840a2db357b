"""Why a result matched, in words fit for showing."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from discovery.api.responses import QueryParsed
from discovery.catalogue.content import Content

Analyze = Callable[[str], Sequence[str]]
"""Text to index terms, as the index does it."""

_MAX_WORDS = 5
_REMEMBERED_WORDS = 50_000
"""The index terms of this many words are kept: analyzing a word anew takes ten times as long."""
_WORD = re.compile(r"\w+(?:['’]\w+)*")
_SHORT = 2


@dataclass(frozen=True)
class _Asked:
    """What a query asks for, word by word."""

    terms: frozenset[str]
    beginnings: tuple[str, ...]
    """How every word begins that holds one of the terms."""


class MatchReasons:
    """Finds reasons with the analyzer of one index."""

    def __init__(self, analyze: Analyze) -> None:
        self._terms_of = lru_cache(_REMEMBERED_WORDS)(lambda word: frozenset(analyze(word)))

    def of(self, contents: Iterable[tuple[Content, bool]], parsed: QueryParsed) -> list[tuple[str, ...]]:
        """The reasons of each content; whether it was found by meaning stands beside it."""
        terms = self._terms_of(parsed.terms)
        asked = _Asked(terms, tuple(dict.fromkeys(start for term in terms for start in beginnings(term))))
        return [self._of(content, parsed, asked, by_meaning) for content, by_meaning in contents]

    def _of(self, content: Content, parsed: QueryParsed, asked: _Asked, by_meaning: bool) -> tuple[str, ...]:
        """Strongest first: which field holds which words, meaning, likeness, understood filters."""
        fields = (("title", content.title), ("cast", ", ".join(content.cast)), ("overview", content.overview))
        reasons = [f"{field}: {words}" for field, text in fields if (words := self._words_in(text, asked))]
        if by_meaning:
            reasons.append(f"like {parsed.like.title}" if parsed.like and not parsed.text else "meaning")
            if parsed.like and parsed.text:
                reasons.append(f"like {parsed.like.title}")
        reasons += [f"genre: {name}" for name in _shared(parsed.genres, content.genres)]
        reasons += [f"platform: {name}" for name in _shared(parsed.platforms, content.platforms)]
        if parsed.year_range and content.release_year is not None:
            reasons.append(f"year: {content.release_year}")
        return tuple(reasons) or ("popular",)

    def _words_in(self, text: str, asked: _Asked) -> str:
        """The words of the text that hold a term that was asked for, in their order, each once."""
        lowered = text.lower()
        words = _beginning(lowered, asked.beginnings) if lowered.isascii() else _WORD.findall(lowered)
        matched = [word for word in dict.fromkeys(words) if not asked.terms.isdisjoint(self._terms_of(word))]
        return ", ".join(matched[:_MAX_WORDS])


def beginnings(term: str) -> tuple[str, ...]:
    """How the words begin that an English stemmer makes this term of: it changes their last letters alone.

    Snowball's "English (Porter2)": "happy" becomes "happi", "possibility" "possibl", and of exceptions "dying" "die".
    """
    if term.endswith("ie"):
        return term[:-1], term[:-2] + "y"
    return (term[: max(_SHORT, len(term) - 1)],)


def _beginning(text: str, starts: Iterable[str]) -> list[str]:
    """The words of a text, in order, of which a part begins so; "bar" is a part of "foo_bar" and of "o'bar".

    They are looked for rather than gone through one by one, which takes a sixth of the time.
    """
    found: dict[int, str] = {}
    for start in starts:
        place = text.find(start)
        while place >= 0:
            if place == 0 or not text[place - 1].isalnum():
                begin = place
                while begin and _joins(text, begin - 1):
                    begin -= 1
                found[begin] = _WORD.match(text, begin)[0]  # type: ignore[index]  # there is a letter or digit
            place = text.find(start, place + 1)
    return [found[begin] for begin in sorted(found)]


def _joins(text: str, place: int) -> bool:
    """Whether the character at a place belongs to the word that goes on after it."""
    character = text[place]
    if character == "'":
        return place > 0 and (text[place - 1].isalnum() or text[place - 1] == "_")
    return character.isalnum() or character == "_"


def _shared(wanted: Iterable[str], had: Iterable[str]) -> list[str]:
    names = {name.casefold() for name in had}
    return [name for name in wanted if name.casefold() in names]
