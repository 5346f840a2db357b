"""Prominence: a stand-in for popularity, for a collection that has none, from what its films say of each other.

    prominence = 0.35 · length + 0.175 · cast + 0.19 · fame + 0.4 · references + 0.135 · age        each in [0, 1]

`length` and `cast` are those of the article; `fame` is how much there is about the other films of its first actors;
`references` are the other films whose articles name it with its year ("a remake of Scarface (1932)", "the 1991 film of
the same name"); `age` is how late it was made, since fewer people look for silent films. Few films have all of it, so
the sum is cut at 1.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from discovery.catalogue.content import Content
from discovery.catalogue.title_key import title_key, title_key_of, words_of

_LENGTH, _CAST, _FAME, _REFERENCES, _AGE = 0.35, 0.175, 0.19, 0.4, 0.135
_LONG = 1500
"""Characters at which an article is as long as they get."""
_LARGE_CAST = 12
_LEADING = 4
"""Actors whose fame counts."""
_FAMOUS = 25
"""Long articles on an actor's other films that make all of fame."""
_OFTEN_NAMED = 5
_FIRST_YEAR, _YEARS = 1915, 70
"""Films made so many years later, or even later, are looked for the most."""

_MOST_WORDS, _LONGEST_TITLE = 8, 80
"""Of a title that is looked for in a text: words, and characters."""

_YEAR = r"(?P<year>(?:18|19|20)\d\d)"
_YEAR_IN_BRACKETS = re.compile(rf"\({_YEAR}\)")
_KIND = r"(?:film|movie|feature|comedy|drama|thriller|western|musical|picture)"
_YEAR_BEFORE_TITLE = re.compile(rf"\b{_YEAR} (?:[\w-]+ ){{0,5}}?{_KIND}s?,? (?P<title>(?:\S+ ?){{1,{_MOST_WORDS}}})")
_SAME_TITLE = re.compile(rf"\b{_YEAR}\b[\w\s'’,-]{{0,70}}\bof the same (?:name|title)\b")

_Film = tuple[str, int | None]
"""A title's key and a year."""


def with_prominence(contents: Sequence[Content]) -> list[Content]:
    """The contents with their prominence among each other as popularity score."""
    prominence = _Prominence.among(contents)
    return [content.model_copy(update={"popularity_score": prominence.of(content)}) for content in contents]


@dataclass(frozen=True)
class _Prominence:
    """What a collection says of its contents."""

    references: Mapping[str, int]
    """By content id: the other contents that name it."""
    written_of: Mapping[str, float]
    """By actor: articles on their films, a short one as a part of one."""

    @classmethod
    def among(cls, contents: Sequence[Content]) -> Self:
        known = defaultdict[_Film, list[str]](list)
        written_of = defaultdict[str, float](float)
        for content in contents:
            known[title_key(content.title), content.release_year].append(content.id)
            for actor in content.cast:
                written_of[actor] += _length(content)
        references: Counter[str] = Counter()
        for content in contents:
            named = {film for films in _mentions(content) if (film := next(filter(known.__contains__, films), None))}
            references.update({content_id for film in named for content_id in known[film]} - {content.id})
        return cls(references, written_of)

    def of(self, content: Content) -> float:
        """In [0, 1]."""
        length = _length(content)
        fame = sum(math.log1p(self.written_of[actor] - length) for actor in content.cast[:_LEADING]) / _LEADING
        references = math.log1p(min(self.references.get(content.id, 0), _OFTEN_NAMED))
        age = ((content.release_year or _FIRST_YEAR) - _FIRST_YEAR) / _YEARS
        prominence = (
            _LENGTH * length
            + _CAST * min(len(content.cast) / _LARGE_CAST, 1.0)
            + _FAME * min(fame / math.log1p(_FAMOUS), 1.0)
            + _REFERENCES * references / math.log1p(_OFTEN_NAMED)
            + _AGE * min(max(age, 0.0), 1.0)
        )
        return round(min(prominence, 1.0), 3)


def _length(content: Content) -> float:
    return min(len(content.overview or ""), _LONG) / _LONG


def _mentions(content: Content) -> Iterator[list[_Film]]:
    """For each place of a text that may name a film: what may be named there, the longest title first."""
    text = content.overview or ""
    for match in _YEAR_IN_BRACKETS.finditer(text):
        words = words_of(text[max(0, match.start() - _LONGEST_TITLE) : match.start()])[-_MOST_WORDS:]
        yield [_film(words[start:], match["year"]) for start in range(len(words))]
    for match in _YEAR_BEFORE_TITLE.finditer(text):
        words = words_of(match["title"])[:_MOST_WORDS]
        yield [_film(words[:end], match["year"]) for end in range(len(words), 0, -1)]
    for match in _SAME_TITLE.finditer(text):
        yield [_film(words_of(content.title), match["year"])]


def _film(words: Sequence[str], year: str) -> _Film:
    return title_key_of(words), int(year)
