"""The retrieval index over an index bundle: the one door through which search reaches a catalogue."""

import time
from collections.abc import Callable, Sequence

import numpy as np

from discovery.api.requests import Filters
from discovery.api.responses import Facets, LikeTitle
from discovery.catalogue import keyword_index
from discovery.catalogue.bundle import Catalogue
from discovery.catalogue.content import Content
from discovery.retrieval.bundle import facets
from discovery.retrieval.bundle.selection import selection
from discovery.retrieval.bundle.strategies import KeywordStrategy, Retrieved, Strategy, VectorStrategy, retrieve
from discovery.retrieval.filters import Constraints, constraints
from discovery.retrieval.found import Found
from discovery.retrieval.fusion import min_max, popularity_prior, reciprocal_rank_fusion, scattered
from discovery.retrieval.reasons import MatchReasons
from discovery.retrieval.understanding.query import Key, ParsedQuery, QueryParser
from discovery.settings import RetrievalSettings

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
        """`strategies`: others than BM25 and cosines, under the names `keyword` and `vector`."""
        self._catalogue = catalogue
        self._settings = settings
        self._strategies = strategies or {
            "keyword": KeywordStrategy(catalogue, settings),
            "vector": VectorStrategy(catalogue, settings),
        }
        self._clock = clock
        self._parser = QueryParser(catalogue.manifest.genres, catalogue.manifest.platforms, self._find_title)
        self._reasons = MatchReasons(keyword_index.analyzer().analyze)

    async def understand(self, query: str) -> ParsedQuery:
        """Read what is wanted into a query, against this catalogue's titles, genres and platforms."""
        return self._parser.parse(query)

    async def find(self, query: ParsedQuery, filters: Filters) -> Found:
        """The candidates for a query, fused and best first, among those that pass the filters.

        Where what was read into the query leaves nothing, it is searched once more with its plain words.
        """
        ends = self._clock() + self._settings.timeout_ms / 1000
        asked = constraints(filters)
        retrieved = self._retrieve(query, asked & query.wanted, ends)
        if retrieved.empty and retrieved.whole and query.wanted.any:
            query = query.relaxed()
            retrieved = self._retrieve(query, asked, ends)
        return self._fused(query, retrieved)

    async def facets(self, found: Found) -> Facets:
        """Counts over the whole match set."""
        manifest = self._catalogue.manifest
        return facets.count(self._catalogue.columns, found.keys, manifest.genres, manifest.platforms)

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

    def _retrieve(self, query: ParsedQuery, wanted: Constraints[str], ends: float) -> Retrieved:
        selected = selection(wanted, self._catalogue.manifest)
        return retrieve(self._strategies, query, selected, ends=ends, clock=self._clock)

    def _fused(self, query: ParsedQuery, retrieved: Retrieved) -> Found:
        """Weighted RRF, with popularity as a third list over what the strategies found."""
        settings, by_word, by_meaning = self._settings, retrieved.keyword, retrieved.vector
        rows, places = np.unique(np.concatenate([by_meaning.rows, by_word.rows]), return_inverse=True)
        meant, worded = np.split(places, [len(by_meaning.rows)])
        popular = popularity_prior(self._catalogue.columns.popularity[rows])
        lists = [
            (settings.vector_weight, meant),
            (settings.keyword_weight, worded),
            (settings.popularity_weight, popular),
        ]
        scores = reciprocal_rank_fusion(lists, len(rows), k=settings.rrf_k)
        order = np.argsort(-scores, kind="stable")
        return Found(
            query=query,
            keys=rows[order],
            relevance=min_max(scores[order]),
            keyword_scores=scattered(by_word.scores, worded, len(rows))[order],
            similarities=scattered(by_meaning.scores, meant, len(rows))[order],
        )

    def _find_title(self, title: str) -> tuple[Key, LikeTitle] | None:
        row = self._catalogue.find_title(title)
        if row is None:
            return None
        content = self._catalogue.documents.content(row)
        return row, LikeTitle(id=content.id, title=content.title)
