"""Why a result matched, in words fit for showing."""

import re
from collections.abc import Callable, Collection, Iterable

from discovery.api.responses import QueryParsed
from discovery.catalogue.content import Content

Analyze = Callable[[str], Collection[str]]
"""Text to index terms, as the index does it; called for every word of every result, so it had better remember."""

_MAX_WORDS = 5
_WORD = re.compile(r"\w+(?:['’]\w+)*")


def match_reasons(content: Content, parsed: QueryParsed, *, analyze: Analyze, by_meaning: bool) -> tuple[str, ...]:
    """The reasons, strongest first: which field holds which words, meaning, likeness, understood filters."""
    stems = set(analyze(parsed.terms))
    fields = (("title", content.title), ("cast", ", ".join(content.cast)), ("overview", content.overview))
    reasons = [f"{field}: {words}" for field, text in fields if (words := _words_in(text, stems, analyze))]
    if by_meaning:
        reasons.append(f"like {parsed.like.title}" if parsed.like and not parsed.text else "meaning")
        if parsed.like and parsed.text:
            reasons.append(f"like {parsed.like.title}")
    reasons += [f"genre: {name}" for name in _shared(parsed.genres, content.genres)]
    reasons += [f"platform: {name}" for name in _shared(parsed.platforms, content.platforms)]
    if parsed.year_range and content.release_year is not None:
        reasons.append(f"year: {content.release_year}")
    return tuple(reasons) or ("popular",)


def _words_in(text: str, stems: set[str], analyze: Analyze) -> str:
    """The words of the text whose stem was asked for, in their order, each once."""
    words = dict.fromkeys(_WORD.findall(text.lower()))
    return ", ".join([word for word in words if not stems.isdisjoint(analyze(word))][:_MAX_WORDS])


def _shared(wanted: Iterable[str], had: Iterable[str]) -> list[str]:
    names = {name.casefold() for name in had}
    return [name for name in wanted if name.casefold() in names]
