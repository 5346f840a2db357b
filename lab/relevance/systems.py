"""What answers queries: the index of this checkout, and bare BM25 over the same bundle."""

import asyncio
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from discovery.api.requests import Filters
from discovery.catalogue import keyword_index as fields
from discovery.catalogue.bundle import Catalogue, open_catalogue
from discovery.retrieval.bundle.index import BundleIndex
from discovery.retrieval.bundle.strategies import Strategy, strategies_over
from discovery.retrieval.found import Found
from discovery.retrieval.query_syntax import plain_words
from discovery.scoring import SCORING
from discovery.settings.retrieval import RetrievalSettings
from lab.relevance.measures import DEPTH

Answer = Callable[[str], Sequence[str]]
"""A query's content ids, best first."""


class Ours:
    """Phases 1 to 3 of a search, in process."""

    def __init__(
        self, bundle: Path, *, wrapped: Callable[[str, Strategy], Strategy] = lambda _, strategy: strategy
    ) -> None:
        """`wrapped`: what stands for a strategy of this name."""
        self.catalogue, settings = open_catalogue(bundle), RetrievalSettings()
        usual = strategies_over(self.catalogue, settings, SCORING)
        strategies = {name: wrapped(name, strategy) for name, strategy in usual.items()}
        self.index = BundleIndex(self.catalogue, settings, strategies=strategies)
        self.milliseconds: list[float] = []
        self._runner = asyncio.Runner()

    def find(self, query: str) -> Found:
        """The match set."""
        began = time.perf_counter()
        found = self._runner.run(self._find(query))
        self.milliseconds.append((time.perf_counter() - began) * 1000)
        return found

    def __call__(self, query: str) -> list[str]:
        """The first ids."""
        return self.index.content_ids(self.find(query), DEPTH)

    def close(self) -> None:
        """Close the event loop."""
        self._runner.close()

    async def _find(self, query: str) -> Found:
        return await self.index.find(await self.index.understand(query), Filters())


class BareBm25:
    """Tantivy's own ranking of the words over all text fields, any of which is enough."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def __call__(self, query: str) -> list[str]:
        """The first ids."""
        keyword = self._catalogue.keyword
        parsed = keyword.index.parse_query(plain_words(query), list(fields.TEXT_FIELDS))
        rows, _ = keyword.rows(parsed)
        return self._catalogue.documents.ids(rows[:DEPTH].tolist())
