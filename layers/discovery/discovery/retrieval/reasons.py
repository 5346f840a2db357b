"""Why a result matched, in words fit for showing."""

from collections.abc import Iterable, Sequence
from itertools import islice

from discovery.api.query_responses import QueryParsed
from discovery.catalogue.content import Content
from discovery.retrieval.words import WordMatcher

_FIELDS = ("title", "cast", "directors", "keywords", "overview")
_MAX_WORDS = 5


class MatchReasons:
    """Finds reasons, with the words that match in one index."""

    def __init__(self, words: WordMatcher) -> None:
        self._words = words

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
        return [
            list(islice(dict.fromkeys(text[start:end].lower() for start, end in spans), _MAX_WORDS))
            for text, spans in zip(texts, self._words.spans(texts, asked), strict=True)
        ]


def _likeness(parsed: QueryParsed, by_meaning: bool) -> list[str]:
    if not by_meaning:
        return []
    like = [f"like {parsed.like.title}"] if parsed.like else []
    return like if like and not parsed.text else ["meaning", *like]


def _understood(parsed: QueryParsed, content: Content) -> list[str]:
    reasons = [f"genre: {name}" for name in _shared(parsed.genres, content.genres)]
    reasons += [f"platform: {name}" for name in _shared(parsed.platforms, content.platforms)]
    reasons += [f"country: {name}" for name in _shared(parsed.countries, content.countries)]
    reasons += [f"language: {name}" for name in _shared(parsed.languages, content.languages)]
    if parsed.year_range and content.release_year is not None:
        reasons.append(f"year: {content.release_year}")
    return reasons


def _shared(wanted: Iterable[str], had: Iterable[str]) -> list[str]:
    if not wanted:
        return []
    names = {name.casefold() for name in had}
    return [name for name in wanted if name.casefold() in names]
