"""Where the words of a query are in the results, so that a client can mark them."""

from collections.abc import Iterator, Sequence
from itertools import islice

from discovery.api.query_responses import QueryParsed
from discovery.api.search_responses import CastHighlight, Highlights
from discovery.catalogue.content import Content
from discovery.retrieval.understanding.wording import without_stop_words
from discovery.retrieval.words import Span, WordMatcher

MOST_SPANS = 20
"""Of one field."""


class Highlighter:
    """Finds highlights, with the words that match in one index."""

    def __init__(self, words: WordMatcher) -> None:
        self._words = words

    def of(self, contents: Sequence[Content], parsed: QueryParsed) -> list[Highlights]:
        """The highlights of each content; stop words count only where the query has nothing else."""
        texts = [text for content in contents for text in (content.title, content.overview, *content.cast)]
        spans = iter(self._words.spans(texts, without_stop_words(parsed.terms)))
        return [
            Highlights(title=_first(next(spans)), overview=_first(next(spans)), cast=_of_cast(content, spans))
            for content in contents
        ]


def _first(spans: Iterator[Span], most: int = MOST_SPANS) -> tuple[Span, ...]:
    return tuple(islice(spans, most))


def _of_cast(content: Content, spans: Iterator[Iterator[Span]]) -> tuple[CastHighlight, ...]:
    highlights: list[CastHighlight] = []
    left = MOST_SPANS
    for index in range(len(content.cast)):
        if of_person := _first(next(spans), left):
            highlights.append(CastHighlight(index=index, spans=of_person))
            left -= len(of_person)
    return tuple(highlights)
