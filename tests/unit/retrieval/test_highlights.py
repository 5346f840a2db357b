"""Where the words of a query are in a result."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from discovery.api.query_responses import QueryParsed
from discovery.api.search_responses import CastHighlight, Highlights
from discovery.catalogue.content import Content
from discovery.catalogue.keyword_index import analyzer
from discovery.retrieval.highlights import MOST_SPANS, Highlighter
from discovery.retrieval.words import WordMatcher
from tests import catalogues
from tests.unit.retrieval.test_words import ANALYZE, TEXTS

NAMES = TEXTS.map(lambda text: text.strip()[:100].strip()).filter(bool)


def highlights(content: Content, terms: str) -> Highlights:
    (found,) = Highlighter(WordMatcher(analyzer().analyze)).of([content], QueryParsed(text=terms, terms=terms))
    return found


def spans_of(content: Content, found: Highlights) -> list[tuple[str, tuple[tuple[int, int], ...]]]:
    """Each text and its spans."""
    cast = [(content.cast[person.index], person.spans) for person in found.cast]
    return [(content.title, found.title), (content.overview, found.overview), *cast]


def test_title_overview_and_the_people_of_the_cast_have_spans_of_their_own() -> None:
    content = Content(
        id="x", title="Heat", overview="A heist, in the heat of L.A.", cast=("Val Kilmer", "Al Pacino", "Al Roker")
    )

    assert highlights(content, "heat al pacino heists") == Highlights(
        title=((0, 4),),
        overview=((2, 7), (16, 20)),
        cast=(CastHighlight(index=1, spans=((0, 2), (3, 9))), CastHighlight(index=2, spans=((0, 2),))),
    )


def test_without_words_nothing_is_highlighted() -> None:
    content = Content(id="x", title="Heat", overview="A heist.", cast=("Al Pacino",))

    assert highlights(content, "") == highlights(content, "shark") == Highlights(title=(), cast=(), overview=())


def test_stop_words_are_highlighted_only_where_there_is_nothing_else() -> None:
    content = Content(id="x", title="The Wire", overview="The wire of the police.")

    assert highlights(content, "the wire").overview == ((4, 8),)
    assert highlights(content, "the of").overview == ((0, 3), (9, 11), (12, 15))


def test_a_field_has_at_most_twenty_spans() -> None:
    content = Content(id="x", title="ha " * 30, overview="ha " * 30, cast=("Ha ha ha",) * 9)

    found = highlights(content, "ha")

    assert (len(found.title), len(found.overview)) == (MOST_SPANS, MOST_SPANS)
    assert [len(person.spans) for person in found.cast] == [3] * 6 + [2]


@pytest.mark.parametrize("query", ["al pacino", "shark beach"])
def test_each_result_has_its_own(query: str) -> None:
    highlighter = Highlighter(WordMatcher(analyzer().analyze))

    together = highlighter.of(catalogues.CONTENTS, QueryParsed(text=query, terms=query))

    assert together == [highlights(content, query) for content in catalogues.CONTENTS]
    assert any(found.overview or found.cast for found in together)


@given(title=NAMES, overview=TEXTS, cast=st.lists(NAMES, max_size=5), terms=TEXTS)
def test_every_span_holds_a_term_of_the_query_and_they_run_on_without_overlap(
    title: str, overview: str, cast: list[str], terms: str
) -> None:
    content = Content(id="x", title=title, overview=overview, cast=tuple(cast))
    asked = set(ANALYZE(terms))

    for text, spans in spans_of(content, highlights(content, terms)):
        assert len(spans) <= MOST_SPANS
        for start, end in spans:
            assert 0 <= start < end <= len(text)
            assert asked & set(ANALYZE(text[start:end]))
        assert all(before[1] <= after[0] for before, after in pairwise(spans))
