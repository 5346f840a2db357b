"""The bundle is a house of retrieval, as it was built and with changes laid over it."""

import pytest

from discovery.catalogue.bundle import Catalogue
from discovery.retrieval.bundle.index import BundleIndex
from discovery.retrieval.index import RetrievalIndex
from discovery.settings.retrieval import RetrievalSettings
from tests import catalogues
from tests.unit.retrieval.index_contract import IndexContract


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    return catalogues.changed(tmp_path_factory.mktemp("changed"))


class TestBundleIndex(IndexContract):
    @pytest.fixture
    def index(self, catalogue: Catalogue) -> RetrievalIndex:
        return BundleIndex(catalogue, RetrievalSettings(timeout_ms=60_000))


class TestChangedBundleIndex(IndexContract):
    """A third of the titles as built, a third in place of others, a third behind them, and some are gone."""

    @pytest.fixture
    def index(self, changed: Catalogue) -> RetrievalIndex:
        return BundleIndex(changed, RetrievalSettings(timeout_ms=60_000))
