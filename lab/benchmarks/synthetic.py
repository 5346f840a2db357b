"""Catalogues of any size, made up: the words of the demo catalogue in random order, the same at every run."""

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache

import numpy as np

from discovery.catalogue.build.source import parse_jsonl, read_lines
from discovery.catalogue.content import Content, ContentRating
from local.stack.processes import ROOT

SOURCE = ROOT / "catalogue" / "demo.jsonl"
_SEED = 20240524
_CHUNK = 10_000
_OVERVIEW_WORDS, _TITLE_WORDS = 40, 3
_GENRES = ("Action", "Animation", "Comedy", "Crime", "Documentary", "Drama", "Fantasy", "Horror", "Romance", "Thriller")
_PLATFORMS = ("Netflix", "Disney+", "Prime Video", "Max", "Apple TV+")
_YEARS = (1920, 2025)


@cache
def vocabulary() -> tuple[str, ...]:
    """The words of the demo catalogue's overviews, the most frequent first."""
    words: Counter[str] = Counter()
    for number, line in enumerate(read_lines(SOURCE), 1):
        words.update(re.findall(r"[a-z]{2,}", parse_jsonl(number, line).overview.lower()))
    return tuple(word for word, _ in sorted(words.items(), key=lambda item: (-item[1], item[0])))


def contents(count: int) -> Iterator[Content]:
    """So many titles. The frequency of a word falls with its rank (Zipf), as in any text."""
    chance = np.random.default_rng(_SEED)
    words = np.array(vocabulary())
    frequencies = 1 / np.arange(1, len(words) + 1)
    frequencies /= frequencies.sum()
    for start in range(0, count, _CHUNK):
        here = min(_CHUNK, count - start)
        drawn = chance.choice(words, p=frequencies, size=(here, _OVERVIEW_WORDS + _TITLE_WORDS))
        numbers = chance.random((here, 4))
        for place in range(here):
            yield _content(start + place, drawn[place].tolist(), numbers[place].tolist())


def queries(count: int) -> list[str]:
    """Queries of three words, neither the commonest nor the rarest."""
    chance = np.random.default_rng(_SEED + 1)
    return [" ".join(chance.choice(vocabulary()[50:1000], size=3)) for _ in range(count)]


def _content(number: int, words: list[str], numbers: list[float]) -> Content:
    first, last = _YEARS
    ratings = list(ContentRating)
    return Content(
        id=f"synthetic-{number}",
        title=" ".join(words[:_TITLE_WORDS]).title(),
        overview=" ".join(words[_TITLE_WORDS:]),
        release_year=first + int(numbers[0] * (last - first)),
        genres=tuple({_GENRES[number % len(_GENRES)], _GENRES[number * 7 // 10 % len(_GENRES)]}),
        platforms=(_PLATFORMS[number % len(_PLATFORMS)],),
        popularity_score=numbers[1],
        average_rating=round(numbers[2] * 10, 1),
        content_rating=ratings[int(numbers[3] * len(ratings))],
    )
