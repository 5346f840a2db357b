"""The bundle is a house of retrieval."""

import pytest

from discovery.catalogue.bundle import Catalogue
from discovery.retrieval.bundle.index import BundleIndex
from discovery.retrieval.index import RetrievalIndex
from discovery.settings.retrieval import RetrievalSettings
from tests.unit.retrieval.index_contract import IndexContract


class TestBundleIndex(IndexContract):
    @pytest.fixture
    def index(self, catalogue: Catalogue) -> RetrievalIndex:
        return BundleIndex(catalogue, RetrievalSettings(timeout_ms=60_000))
