"""OpenSearch is a house of retrieval."""

from collections.abc import AsyncIterator

import pytest

from discovery.opensearch.about import About
from discovery.opensearch.connecting import for_searches
from discovery.opensearch.engine import Engine
from discovery.resilience.breaker import CircuitBreaker
from discovery.retrieval.index import RetrievalIndex
from discovery.retrieval.opensearch.index import OpenSearchIndex
from discovery.settings.opensearch import OpenSearchSettings
from discovery.settings.retrieval import RetrievalSettings
from tests import catalogues
from tests.opensearch.catalogue import indexed
from tests.unit.retrieval.index_contract import IndexContract

TITLES = "contract"
PATIENT_MS = 60_000


@pytest.fixture(scope="session")
def about(node: str) -> About:
    """What is told of the index of `CONTENTS`."""
    return indexed(node, catalogues.CONTENTS, catalogues.model(), TITLES)


class TestOpenSearchIndex(IndexContract):
    @pytest.fixture
    async def index(self, node: str, about: About) -> AsyncIterator[RetrievalIndex]:
        settings, breaker = OpenSearchSettings(url=node), CircuitBreaker("OpenSearch", failures=5, open_sec=5)
        engine = Engine(lambda: for_searches(settings), breaker, timeout_ms=PATIENT_MS)
        yield OpenSearchIndex(engine, about, TITLES, catalogues.model(), RetrievalSettings(timeout_ms=PATIENT_MS))
        await engine.aclose()
