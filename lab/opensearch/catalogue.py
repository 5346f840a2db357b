"""A node with a catalogue in it, and the search service over it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from discovery.api.auth import ANONYMOUS
from discovery.api.requests import SearchRequest
from discovery.api.search_responses import SearchResponse
from discovery.catalogue.bundle import open_model
from discovery.catalogue.content import Content
from discovery.catalogue.documents import Documents
from discovery.catalogue.embeddings import EmbeddingModel
from discovery.catalogue.manifest import Manifest
from discovery.composition.search import SearchService, search_service
from discovery.observability import logger
from discovery.opensearch.connecting import for_builds
from discovery.opensearch.publication import Publication
from discovery.settings.catalogue import CatalogueSettings
from discovery.settings.opensearch import OpenSearchSettings
from discovery.settings.personalization import PersonalizationSettings
from discovery.settings.retrieval import RetrievalSettings
from discovery.settings.settings import Settings


@dataclass(frozen=True)
class Source:
    """A bundle, whose contents and embedding model an index is built from."""

    bundle: Path

    @property
    def contents(self) -> list[Content]:
        """In the bundle's order."""
        documents = Documents.open(self.bundle)
        return [documents.content(row) for row in range(Manifest.read(self.bundle).count)]

    @property
    def model(self) -> EmbeddingModel:
        """That of the bundle's vectors."""
        return open_model(self.bundle, Manifest.read(self.bundle))


def settings(url: str, source: Source, **retrieval: Any) -> Settings:
    """Of a search function that asks an OpenSearch, follows its catalogue by the second, and personalizes nothing."""
    return Settings(
        stage="lab",
        retrieval=RetrievalSettings(engine="opensearch", **retrieval),
        catalogue=CatalogueSettings(path=source.bundle, poll_sec=1),
        opensearch=OpenSearchSettings(url=url),
        personalization=PersonalizationSettings(enabled=False),
    )


def publication(url: str) -> Publication:
    """What builds catalogues in an OpenSearch."""
    opensearch = OpenSearchSettings(url=url)
    return Publication(for_builds(opensearch), opensearch.index)


@contextmanager
def searching(chosen: Settings) -> Iterator[SearchService]:
    """The search service, closed afterwards."""
    service = search_service(chosen)
    logger.setLevel("CRITICAL")  # a line a search would be most of what is printed
    try:
        yield service
    finally:
        service.close()


def search(service: SearchService, query: str, **rest: Any) -> SearchResponse:
    """A search of nobody in particular."""
    return service.search(SearchRequest(query=query, **rest), ANONYMOUS)
