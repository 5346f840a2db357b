"""Catalogues of any size, made up: titles of two real ones each, the same at every run.

Each has the genres of a title, half of what is told of it, and half of what is told of another one of its first genre.
So words, people and genres occur as often as in the real catalogue, texts mean something, and titles that resemble each
other are near each other; words drawn at random would all mean the same. The real titles are the film collection's
where it is there (`lab.catalogues`), and otherwise the demo catalogue's.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from discovery.catalogue.build.source import SourceReader, parse_jsonl, read_lines
from discovery.catalogue.build.wikipedia import WikipediaMovies
from discovery.catalogue.content import Content, ContentRating
from lab.catalogues import DEMO, sources

_SEED = 20240524
_CHUNK = 10_000
_PLATFORMS = ("Netflix", "Disney+", "Prime Video", "Max", "Apple TV+")
_YEARS = (1920, 2025)
_LONGEST = 100
"""Characters of a title."""
_INVENTED = 0.5
"""Of the people, the share whose name is one's first and another's last: a larger catalogue has more people."""
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z])")


@dataclass(frozen=True)
class _Real:
    """A real title, and its overview's halves: of sentences, or of the words of a single one."""

    content: Content
    halves: tuple[str, str]

    @classmethod
    def of(cls, content: Content) -> "_Real":
        sentences = _SENTENCE.split(content.overview)
        parts = sentences if len(sentences) > 1 else content.overview.split()
        middle = (len(parts) + 1) // 2
        return cls(content, (" ".join(parts[:middle]), " ".join(parts[middle:])))


@cache
def _real() -> tuple[_Real, ...]:
    source = sources(DEMO)[-1]
    reader = SourceReader(parse_jsonl if source == DEMO else WikipediaMovies(), skip_bad=True)
    return tuple(_Real.of(content) for content in reader.contents(read_lines(source)) if content.overview)


@cache
def _by_genre() -> dict[str, list[_Real]]:
    """Titles by their first genre; "" for those without."""
    found = defaultdict(list)
    for real in _real():
        found[_first_genre(real)].append(real)
    return dict(found)


@cache
def vocabulary() -> tuple[str, ...]:
    """The words of the real overviews, the most frequent first."""
    words: Counter[str] = Counter()
    for real in _real():
        words.update(re.findall(r"[a-z]{2,}", real.content.overview.lower()))
    return tuple(word for word, _ in sorted(words.items(), key=lambda item: (-item[1], item[0])))


def contents(count: int) -> Iterator[Content]:
    """So many titles."""
    chance = np.random.default_rng(_SEED)
    real = _real()
    for start in range(0, count, _CHUNK):
        here = min(_CHUNK, count - start)
        drawn = chance.integers(len(real), size=here).tolist()
        numbers = chance.random((here, 8)).tolist()
        for place, one in enumerate(drawn):
            yield _content(start + place, real[one], numbers[place])


def queries(count: int) -> list[str]:
    """Queries of three words, neither the commonest nor the rarest."""
    chance = np.random.default_rng(_SEED + 1)
    return [" ".join(chance.choice(vocabulary()[50:1000], size=3)) for _ in range(count)]


def _content(number: int, one: _Real, numbers: Sequence[float]) -> Content:
    alike = _by_genre()[_first_genre(one)]
    other = alike[int(numbers[4] * len(alike))]
    first, last = _YEARS
    ratings = list(ContentRating)
    people = list(dict.fromkeys((*one.content.cast[:3], *other.content.cast[3:6])))
    if numbers[5] < _INVENTED:
        people = [_crossed(name, people[place - 1]) for place, name in enumerate(people)]
    return Content.model_construct(  # checked once, in the real catalogue: a million are made in half the time
        id=f"synthetic-{number}",
        title=_crossed(one.content.title, other.content.title)[:_LONGEST],
        overview=f"{one.halves[0]} {other.halves[1]}".strip(),
        release_year=first + int(numbers[0] * (last - first)),
        genres=one.content.genres,
        platforms=(_PLATFORMS[number % len(_PLATFORMS)],),
        cast=tuple(dict.fromkeys(people)),
        directors=other.content.directors,
        countries=one.content.countries,
        languages=one.content.languages,
        keywords=one.content.keywords,
        popularity_score=numbers[1] ** 4,  # few are popular
        average_rating=round(numbers[2] * 10, 1),
        content_rating=ratings[int(numbers[3] * len(ratings))],
    )


def _first_genre(real: _Real) -> str:
    return real.content.genres[0] if real.content.genres else ""


def _crossed(one: str, other: str) -> str:
    """The first words of one, and the last of another."""
    begins, ends = one.split(), other.split()
    return " ".join((*begins[: (len(begins) + 1) // 2], *ends[len(ends) // 2 :]))
