"""The retrieval index over a pair of indices in OpenSearch."""

import time
from collections.abc import AsyncIterator, Callable, Sequence
from functools import partial

import numpy as np

from discovery.api.facet_responses import Facets
from discovery.api.query_responses import LikeTitle
from discovery.api.requests import Filters, Sort
from discovery.api.search_responses import Highlights
from discovery.catalogue.content import Content
from discovery.catalogue.embeddings import EmbeddingModel
from discovery.catalogue.keyword_index import analyzer
from discovery.errors import IndexUnavailable
from discovery.opensearch.about import About
from discovery.opensearch.engine import Answer, Body, Engine, Search
from discovery.retrieval.alternatives import Alternatives
from discovery.retrieval.filters import constraints
from discovery.retrieval.found import Found
from discovery.retrieval.highlights import Highlighter
from discovery.retrieval.index import Alternative, Suggested
from discovery.retrieval.names import PEOPLE, TOPICS
from discovery.retrieval.opensearch import facets, keyword, sorting
from discovery.retrieval.opensearch.documents import Titles
from discovery.retrieval.opensearch.filters import all_of, passing
from discovery.retrieval.opensearch.finder import Finder
from discovery.retrieval.opensearch.found import EngineFound
from discovery.retrieval.opensearch.lookups import Lookups
from discovery.retrieval.opensearch.spelling import Speller
from discovery.retrieval.opensearch.strategies import Strategies
from discovery.retrieval.opensearch.suggester import Suggester
from discovery.retrieval.opensearch.vocabulary import EngineVocabulary
from discovery.retrieval.query_syntax import parts_of
from discovery.retrieval.reasons import MatchReasons
from discovery.retrieval.spelling import words_in
from discovery.retrieval.understanding.query import Key, ParsedQuery, QueryParser
from discovery.retrieval.words import WordMatcher
from discovery.settings.retrieval import RetrievalSettings

Clock = Callable[[], float]

_LIKED: Key = 0
"""What a liked title is known by is its id, which the parsed query has."""


class OpenSearchIndex:
    """Finds candidates in one catalogue, and tells of those that it found."""

    def __init__(
        self,
        engine: Engine,
        about: About,
        titles: str,
        model: EmbeddingModel,
        settings: RetrievalSettings,
        *,
        clock: Clock = time.monotonic,
    ) -> None:
        """`titles`: the index of titles that `about` is of, and no alias; `model`: the one of its vectors."""
        self._engine = engine
        self._about = about
        self._titles = titles
        self._settings = settings
        self._parser = QueryParser(about.genres, about.platforms, lambda _: None)
        self._documents = Titles(engine, titles)
        self._lookups = Lookups(engine, titles, about.names, clock=clock)
        self._finder = Finder(
            engine, self._documents, self._lookups, Strategies(model, settings), settings, clock=clock
        )
        self._speller = Speller(engine, titles, about.names, self._lookups)
        self._suggester = Suggester(engine, about.names)
        vocabulary = EngineVocabulary(
            engine, titles, about.names, lookups=self._lookups, speller=self._speller, suggester=self._suggester
        )
        self._alternatives = Alternatives(vocabulary)
        words = WordMatcher(analyzer().analyze)
        self._reasons = MatchReasons(words)
        self._highlighter = Highlighter(words)

    @property
    def version(self) -> str:
        """Names what is searched: the same name, the same titles in the same order."""
        return self._about.version

    async def understand(self, query: str, *, correct: bool = True) -> ParsedQuery:
        """Read what is wanted into a query, against this catalogue's titles, genres and platforms.

        Without an answer, by its words alone. `correct`: whether words that the catalogue lacks are taken for others
        that it has.
        """
        if not query:
            return self._parser.parse(query)
        try:
            await self._look_ahead(query)
            meant = await self._speller.corrected(query) if correct else query
            looked_up = await self._lookups.look_up(titles=self._parser.candidates(meant))
            return self._parser.parse(meant, partial(_liked, looked_up.title)).corrected_from(query)
        except IndexUnavailable:  # which counted it, and told why
            return self._parser.parse(query)

    async def find(self, query: ParsedQuery, filters: Filters, *, timeout_ms: float | None = None) -> EngineFound:
        """The match set of a query, best first, among what passes the filters; of an empty query, all of that.

        Where what was read into the query leaves nothing of the whole catalogue, its plain words are searched instead.
        `timeout_ms`: another deadline than that of the settings.
        """
        return await self._finder.find(query, filters, self._settings.timeout_ms if timeout_ms is None else timeout_ms)

    async def passing(self, found: Found, filters: Filters) -> int:
        """How many of what was found pass filters."""
        there = _of_ours(found)
        wanted = passing(constraints(filters))
        if not len(there) or not wanted:
            return there.total
        body = {"query": all_of([there.query_of_all, *wanted]), "size": 0, "track_total_hits": True}
        return (await self._answered(body)).total

    async def words(self, query: ParsedQuery) -> dict[str, bool]:
        """The words of a query that keyword search looks for, and whether the catalogue has them."""
        return await self._alternatives.words(query.parsed.terms)

    async def alternatives(self, query: ParsedQuery) -> AsyncIterator[Alternative]:
        """Other queries that may be meant by one that finds nothing, the likeliest first."""
        async for alternative in self._alternatives.of(query):
            yield alternative

    async def suggest(self, prefix: str, limit: int) -> Suggested:
        """At most so many names of each kind that begin so; those of a corrected prefix where there are none."""
        return await self._suggester.suggest(prefix, limit)

    async def sort(self, found: Found, by: Sort, *, descending: bool) -> EngineFound:
        """What was found, by an attribute; unknown values last, and equals in the order of relevance."""
        there = _of_ours(found)
        if by is Sort.RELEVANCE or not len(there):
            return there if descending else there.in_order(np.argsort(there.relevance, kind="stable"))
        search = sorting.search(there, by, descending=descending)
        return sorting.in_order(there, search, await self._answered(search), by, descending=descending)

    async def facets(self, found: Found) -> Facets:
        """Counts over the whole match set."""
        there = _of_ours(found)
        if not len(there):
            return facets.read({})
        answer = await self._answered(facets.search(there.query_of_all))
        return facets.read(answer.aggregations or {})

    def content_ids(self, found: Found, first: int) -> list[str]:
        """The content ids of the first candidates, in their order."""
        return [_of_ours(found).ids[key] for key in found.keys[:first].tolist()]

    async def contents(self, found: Found, places: Sequence[int]) -> list[Content]:
        """The contents of candidates, by their places in `found`."""
        ids = [_of_ours(found).ids[key] for key in found.keys[list(places)].tolist()]
        return await self._documents.contents(ids)

    async def reasons(self, found: Found, places: Sequence[int], contents: Sequence[Content]) -> list[tuple[str, ...]]:
        """Why each of these candidates was found; `contents` are theirs."""
        by_meaning = ~np.isnan(found.similarities[list(places)])
        return self._reasons.of(contents, by_meaning.tolist(), found.query.parsed)

    async def highlights(self, found: Found, contents: Sequence[Content]) -> list[Highlights]:
        """Where the words of the query are in these contents."""
        return self._highlighter.of(contents, found.query.parsed)

    async def _answered(self, body: Body) -> Answer:
        """The whole answer to one search: of a part of it, counts would be too small.

        Raises:
            IndexUnavailable: something is missing of it; says why.
        """
        (answer,) = await self._engine.search([Search(self._titles, body)])
        if answer.missing is not None:
            raise IndexUnavailable(answer.missing)
        return answer

    async def _look_ahead(self, query: str) -> None:
        """Look up, in one request, all that understanding and finding a query will ask for."""
        await self._lookups.look_up(
            words=dict.fromkeys(
                (*keyword.words_of(query), *(part for word in words_in(query) for part in parts_of(word)))
            ),
            names=(*PEOPLE.candidates(query), *TOPICS.candidates(query)),
            titles=self._parser.candidates(query),
        )


def _of_ours(found: Found) -> EngineFound:
    if not isinstance(found, EngineFound):
        raise TypeError("a Found goes back only to the index that it came from")
    return found


def _liked(title: Callable[[str], LikeTitle | None], text: str) -> tuple[Key, LikeTitle] | None:
    found = title(text)
    return None if found is None else (_LIKED, found)
