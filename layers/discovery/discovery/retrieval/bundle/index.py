"""The retrieval index over an index bundle, which is files beside the code."""

import time
from collections.abc import AsyncIterator, Callable, Sequence
from functools import cached_property, partial

import numpy as np
from numpy.typing import NDArray

from discovery.api.facet_responses import Facets
from discovery.api.query_responses import LikeTitle
from discovery.api.requests import Filters, Sort
from discovery.api.search_responses import Highlights
from discovery.catalogue.bundle import Catalogue
from discovery.catalogue.content import Content
from discovery.retrieval.alternatives import Alternatives
from discovery.retrieval.bundle import facets, sorting
from discovery.retrieval.bundle.browsing import browse
from discovery.retrieval.bundle.origins import Origins
from discovery.retrieval.bundle.selection import Selected, selection
from discovery.retrieval.bundle.spelling import Speller
from discovery.retrieval.bundle.strategies import Retrieved, Strategy, retrieve, strategies_over
from discovery.retrieval.bundle.suggester import Suggester
from discovery.retrieval.bundle.vocabulary import BundleVocabulary
from discovery.retrieval.filters import Constraints, constraints
from discovery.retrieval.found import Found
from discovery.retrieval.fusion import fused
from discovery.retrieval.highlights import Highlighter
from discovery.retrieval.index import Alternative, Suggested
from discovery.retrieval.reasons import MatchReasons
from discovery.retrieval.titles import without_year
from discovery.retrieval.understanding.query import Key, ParsedQuery, QueryParser
from discovery.retrieval.words import WordMatcher
from discovery.scoring import SCORING
from discovery.settings.retrieval import RetrievalSettings

Clock = Callable[[], float]


class BundleIndex:
    """Finds candidates in one catalogue, and tells of those that it found."""

    def __init__(
        self,
        catalogue: Catalogue,
        settings: RetrievalSettings,
        *,
        strategies: dict[str, Strategy] | None = None,
        clock: Clock = time.monotonic,
    ) -> None:
        """`strategies`: others than the usual ones, under the names of `fusion.STRATEGIES`."""
        self._catalogue = catalogue
        self._settings = settings
        self._strategies = strategies or strategies_over(catalogue, settings, SCORING)
        self._origins = Origins(catalogue.keyword, catalogue.size)
        self._clock = clock
        # A method in its place would have the index refer to itself, and stay open after its last use.
        find = partial(_find_title, catalogue)
        self._parser = QueryParser(catalogue.manifest.genres, catalogue.manifest.platforms, find)
        self._speller = Speller(catalogue)
        self._suggester = Suggester(catalogue.suggestions)
        self._alternatives = Alternatives(BundleVocabulary(catalogue, self._speller, self._suggester))
        words = WordMatcher(catalogue.keyword.analyze)
        self._reasons = MatchReasons(words)
        self._highlighter = Highlighter(words)

    @property
    def version(self) -> str:
        """Names what is searched: the same name, the same titles in the same order."""
        return self._catalogue.bundle

    @property
    def weights(self) -> dict[str, float]:
        """How much each kind of evidence counts."""
        return self._settings.weights

    async def understand(self, query: str, *, correct: bool = True) -> ParsedQuery:
        """Read what is wanted into a query, against this catalogue's titles, genres and platforms.

        `correct`: whether words that the catalogue lacks are taken for others that it has.
        """
        meant = self._speller.corrected(query) if correct else query
        return self._parser.parse(meant).corrected_from(query)

    async def find(self, query: ParsedQuery, filters: Filters, *, timeout_ms: float | None = None) -> Found:
        """The match set of a query, best first, among what passes the filters; of an empty query, all of that.

        Where what was read into the query leaves nothing of the whole catalogue, its plain words are searched instead.
        `timeout_ms`: another deadline than that of the settings.
        """
        asked = constraints(filters)
        if query.is_empty:
            return browse(query, self._selected(asked))
        ends = self._clock() + (self._settings.timeout_ms if timeout_ms is None else timeout_ms) / 1000
        retrieved = self._retrieve(query, asked & query.wanted, ends)
        if retrieved.empty and retrieved.whole and query.wanted.any and self._is_misread(query, asked, ends):
            query = query.relaxed()
            retrieved = self._retrieve(query, asked, ends)
        return self._scored(query, retrieved)

    async def passing(self, found: Found, filters: Filters) -> int:
        """How many of what was found pass filters."""
        passing = self._selected(constraints(filters)).rows
        return len(found) if passing is None else int(passing[found.keys].sum())

    async def words(self, query: ParsedQuery) -> dict[str, bool]:
        """The words of a query that keyword search looks for, and whether the catalogue has them."""
        return await self._alternatives.words(query.parsed.terms)

    async def alternatives(self, query: ParsedQuery) -> AsyncIterator[Alternative]:
        """Other queries that may be meant by one that finds nothing, the likeliest first."""
        async for alternative in self._alternatives.of(query):
            yield alternative

    async def suggest(self, prefix: str, limit: int) -> Suggested:
        """At most so many names of each kind that begin so; those of a corrected prefix where there are none."""
        return self._suggester.suggest(prefix, limit)

    async def sort(self, found: Found, by: Sort, *, descending: bool) -> Found:
        """What was found, by an attribute; unknown values last, and equals in the order of relevance."""
        return found.in_order(sorting.order(self._catalogue.columns, found, by, descending=descending))

    async def facets(self, found: Found) -> Facets:
        """Counts over the whole match set."""
        return self._all_facets if len(found) == self._catalogue.manifest.count else self._counted(found.keys)

    def content_ids(self, found: Found, first: int) -> list[str]:
        """The content ids of the first candidates, in their order."""
        return self._catalogue.documents.ids(found.keys[:first])

    async def contents(self, found: Found, places: Sequence[int]) -> list[Content]:
        """The contents of candidates, by their places in `found`."""
        return self._catalogue.contents(found.keys[list(places)].tolist())

    async def reasons(self, found: Found, places: Sequence[int], contents: Sequence[Content]) -> list[tuple[str, ...]]:
        """Why each of these candidates was found; `contents` are theirs."""
        by_meaning = ~np.isnan(found.similarities[list(places)])
        return self._reasons.of(contents, by_meaning.tolist(), found.query.parsed)

    async def highlights(self, found: Found, contents: Sequence[Content]) -> list[Highlights]:
        """Where the words of the query are in these contents."""
        return self._highlighter.of(contents, found.query.parsed)

    @cached_property
    def _all_facets(self) -> Facets:
        """Those of the whole catalogue, which everybody begins with; of a million titles they take 0.1 s."""
        return self._counted(self._catalogue.columns.by_popularity)

    def _counted(self, rows: NDArray[np.intp]) -> Facets:
        manifest = self._catalogue.manifest
        return facets.count(self._catalogue.columns, rows, manifest.genres, manifest.platforms)

    def _is_misread(self, query: ParsedQuery, asked: Constraints[str], ends: float) -> bool:
        """Whether it is what was read into the query that leaves nothing, and not the filters."""
        if not asked.any:
            return True
        unfiltered = self._retrieve(query, query.wanted, ends)
        return unfiltered.empty and unfiltered.whole

    def _retrieve(self, query: ParsedQuery, wanted: Constraints[str], ends: float) -> Retrieved:
        return retrieve(self._strategies, query, self._selected(wanted), ends=ends, clock=self._clock)

    def _selected(self, wanted: Constraints[str]) -> Selected:
        return Selected(selection(wanted, self._catalogue), self._catalogue.columns)

    def _scored(self, query: ParsedQuery, retrieved: Retrieved) -> Found:
        return fused(
            query,
            retrieved.rankings,
            partial(self._attributes, query),
            self._settings.weights,
            size=self._catalogue.size,
            partial=retrieved.partial,
        )

    def _attributes(self, query: ParsedQuery, rows: NDArray[np.intp]) -> dict[str, NDArray[np.float64]]:
        """Evidence that finds nothing by itself, and tells apart what was found; only kinds that the query asks for."""
        columns = self._catalogue.columns
        evidence = {}
        if query.genres_named:
            genres = self._catalogue.manifest.genres
            codes = [code for code, name in enumerate(genres) if name in query.genres_named]
            evidence["genre"] = columns.genres.share(codes, rows)
        if query.origins:
            evidence["origin"] = self._origins.share(query.origins, rows)
        _, year = without_year(query.query)
        if year is not None:
            evidence["year"] = (columns.years[rows] == year).astype(np.float64)
        return evidence | {"popularity": columns.popularity[rows].astype(np.float64)}


def _find_title(catalogue: Catalogue, title: str) -> tuple[Key, LikeTitle] | None:
    row = catalogue.find_title(title)
    if row is None:
        return None
    content = catalogue.documents.content(row)
    return row, LikeTitle(id=content.id, title=content.title)
