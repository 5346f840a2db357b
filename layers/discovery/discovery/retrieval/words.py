"""Where the words of texts are that hold a term of a query, as the index analyzes both."""

import re
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import accumulate

Analyze = Callable[[str], Sequence[str]]
"""Text to index terms, as the index does it."""
Span = tuple[int, int]
"""The characters (Unicode code points) of a text from the first number up to, and without, the second."""

_REMEMBERED_WORDS = 50_000
"""The index terms of this many words are kept: analyzing a word anew takes ten times as long."""
_WORD = re.compile(r"\w+(?:['’]\w+)*")
_BEYOND_ASCII = re.compile(r"[^\W\x00-\x7f]")
_APOSTROPHES = "'’"
_SHORT = 2
_FEW_STARTS, _LONG_START = 20, 2
"""Up to so many beginnings of so many letters are looked for: more, or shorter ones, stop at too many other words."""


class WordMatcher:
    """Finds words with the analyzer of one index."""

    def __init__(self, analyze: Analyze) -> None:
        self._terms_of = lru_cache(_REMEMBERED_WORDS)(lambda word: frozenset(analyze(word)))

    def spans(self, texts: Sequence[str], asked: str) -> list[Iterator[Span]]:
        """Of each text the words, in their order, that hold a term that was asked for."""
        terms = self._terms_of(asked)
        if not terms:
            return [iter(()) for _ in texts]
        words = _words(texts, {start for term in terms for start in beginnings(term)})
        return [self._holding(terms, text, spans) for text, spans in zip(texts, words, strict=True)]

    def _holding(self, terms: frozenset[str], text: str, spans: Iterable[Span]) -> Iterator[Span]:
        return (span for span in spans if not terms.isdisjoint(self._terms_of(text[slice(*span)])))


def beginnings(term: str) -> tuple[str, ...]:
    """How the words begin that an English stemmer makes this term of: it changes their last letters alone.

    Snowball's "English (Porter2)": "happy" becomes "happi", "possibility" "possibl", and of exceptions "dying" "die".
    """
    if term.endswith("ie"):
        return term[:-1], term[:-2] + "y"
    return (term[: max(_SHORT, len(term) - 1)],)


def _words(texts: Sequence[str], starts: Collection[str]) -> list[list[Span]]:
    """Of each text at least the words, in order, of which a part begins so; "bar" is a part of "foo_bar" and "o'bar".

    They are looked for in all texts at once, rather than gone through one by one, which takes a tenth of the time. So
    are words with letters beyond ASCII, of which any may begin so: the index folds those, and finding does not.
    """
    if len(starts) > _FEW_STARTS or any(len(start) < _LONG_START for start in starts):
        return [_every_word(text) for text in texts]
    lowered = [lower if len(lower := text.lower()) == len(text) else None for text in texts]  # "İ" becomes two
    joined = "\n".join(lower or "" for lower in lowered)
    found: dict[int, int] = {}
    for place in _places(joined, starts):
        begin = place
        while begin and _joins(joined, begin - 1):
            begin -= 1
        found[begin] = _WORD.match(joined, begin).end()  # type: ignore[union-attr]  # of a letter or digit
    words: list[list[Span]] = [
        _every_word(text) if lower is None else [] for text, lower in zip(texts, lowered, strict=True)
    ]
    offsets = list(accumulate((len(lower or "") + 1 for lower in lowered), initial=0))
    for begin in sorted(found):
        which = bisect_right(offsets, begin) - 1
        words[which].append((begin - offsets[which], found[begin] - offsets[which]))
    return words


def _places(text: str, starts: Collection[str]) -> Iterator[int]:
    """Where a part of a word begins so, and where letters beyond ASCII are."""
    for start in starts:
        place = text.find(start)
        while place >= 0:
            if place == 0 or not text[place - 1].isalnum():
                yield place
            place = text.find(start, place + 1)
    if not text.isascii():
        yield from (match.start() for match in _BEYOND_ASCII.finditer(text))


def _every_word(text: str) -> list[Span]:
    return [match.span() for match in _WORD.finditer(text)]


def _joins(text: str, place: int) -> bool:
    """Whether the character at a place belongs to the word that goes on after it."""
    character = text[place]
    if character in _APOSTROPHES:
        return place > 0 and (text[place - 1].isalnum() or text[place - 1] == "_")
    return character.isalnum() or character == "_"
