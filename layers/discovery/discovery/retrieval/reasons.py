"""Why a result matched, in words fit for showing."""

import re
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Sequence
from functools import lru_cache
from itertools import accumulate

from discovery.api.responses import QueryParsed
from discovery.catalogue.content import Content

Analyze = Callable[[str], Sequence[str]]
"""Text to index terms, as the index does it."""

_FIELDS = ("title", "cast", "directors", "keywords", "overview")
_MAX_WORDS = 5
_REMEMBERED_WORDS = 50_000
"""The index terms of this many words are kept: analyzing a word anew takes ten times as long."""
_WORD = re.compile(r"\w+(?:['’]\w+)*")
_APOSTROPHES = "'’"
_SHORT = 2
_FEW_STARTS, _LONG_START = 20, 3
"""Up to so many beginnings of so many letters are looked for: more, or shorter ones, stop at too many other words."""


class MatchReasons:
    """Finds reasons with the analyzer of one index."""

    def __init__(self, analyze: Analyze) -> None:
        self._terms_of = lru_cache(_REMEMBERED_WORDS)(lambda word: frozenset(analyze(word)))

    def of(self, contents: Sequence[Content], by_meaning: Sequence[bool], parsed: QueryParsed) -> list[tuple[str, ...]]:
        """The reasons of each content, strongest first; `by_meaning` says which of them were found by meaning.

        Which field holds which words, meaning, likeness, understood filters.
        """
        texts = [
            text
            for of in contents
            for text in (of.title, ", ".join(of.cast), ", ".join(of.directors), ", ".join(of.keywords), of.overview)
        ]
        words = iter(self._words_in(texts, parsed.terms))
        reasons = []
        for content, near in zip(contents, by_meaning, strict=True):
            matched = [(field, next(words)) for field in _FIELDS]
            own = [f"{field}: {', '.join(held)}" for field, held in matched if held]
            own += [*_likeness(parsed, near), *_understood(parsed, content)]
            reasons.append(tuple(own) or ("popular",))
        return reasons

    def _words_in(self, texts: Sequence[str], asked: str) -> list[list[str]]:
        """The first words of each text that hold a term that was asked for, in their order, each once."""
        terms = self._terms_of(asked)
        lowered = [text.lower() for text in texts]
        return [
            [word for word in dict.fromkeys(words) if not terms.isdisjoint(self._terms_of(word))][:_MAX_WORDS]
            for words in _beginning(lowered, {start for term in terms for start in beginnings(term)})
        ]


def beginnings(term: str) -> tuple[str, ...]:
    """How the words begin that an English stemmer makes this term of: it changes their last letters alone.

    Snowball's "English (Porter2)": "happy" becomes "happi", "possibility" "possibl", and of exceptions "dying" "die".
    """
    if term.endswith("ie"):
        return term[:-1], term[:-2] + "y"
    return (term[: max(_SHORT, len(term) - 1)],)


def _beginning(texts: Sequence[str], starts: Collection[str]) -> list[list[str]]:
    """Of each text at least the words, in order, of which a part begins so; "bar" is a part of "foo_bar" and "o'bar".

    They are looked for in all texts at once, rather than gone through one by one, which takes a tenth of the time. A
    text with letters beyond ASCII is gone through: the index folds those, and finding does not.
    """
    if len(starts) > _FEW_STARTS or any(len(start) < _LONG_START for start in starts):
        return [_WORD.findall(text) for text in texts]
    plain = [text if text.isascii() else "" for text in texts]
    joined = "\n".join(plain)
    ends = list(accumulate(len(text) + 1 for text in plain))
    found: dict[int, str] = {}
    for start in starts:
        place = joined.find(start)
        while place >= 0:
            if place == 0 or not joined[place - 1].isalnum():
                begin = place
                while begin and _joins(joined, begin - 1):
                    begin -= 1
                found[begin] = _WORD.match(joined, begin)[0]  # type: ignore[index]  # there is a letter or digit
            place = joined.find(start, place + 1)
    words: list[list[str]] = [[] if text.isascii() else _WORD.findall(text) for text in texts]
    for begin in sorted(found):
        words[bisect_right(ends, begin)].append(found[begin])
    return words


def _joins(text: str, place: int) -> bool:
    """Whether the character at a place belongs to the word that goes on after it."""
    character = text[place]
    if character in _APOSTROPHES:
        return place > 0 and (text[place - 1].isalnum() or text[place - 1] == "_")
    return character.isalnum() or character == "_"


def _likeness(parsed: QueryParsed, by_meaning: bool) -> list[str]:
    if not by_meaning:
        return []
    like = [f"like {parsed.like.title}"] if parsed.like else []
    return like if like and not parsed.text else ["meaning", *like]


def _understood(parsed: QueryParsed, content: Content) -> list[str]:
    reasons = [f"genre: {name}" for name in _shared(parsed.genres, content.genres)]
    reasons += [f"platform: {name}" for name in _shared(parsed.platforms, content.platforms)]
    if parsed.year_range and content.release_year is not None:
        reasons.append(f"year: {content.release_year}")
    return reasons


def _shared(wanted: Iterable[str], had: Iterable[str]) -> list[str]:
    if not wanted:
        return []
    names = {name.casefold() for name in had}
    return [name for name in wanted if name.casefold() in names]
