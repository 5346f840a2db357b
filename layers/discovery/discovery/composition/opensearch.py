"""The OpenSearch of an environment: its engine, and what is made of the catalogue that it has."""

from collections.abc import Callable
from datetime import UTC, datetime

from discovery.artefacts.followed import Followed
from discovery.artefacts.held import Held
from discovery.catalogue.bundle import open_model
from discovery.catalogue.embeddings import EmbeddingModel
from discovery.catalogue.manifest import Manifest
from discovery.errors import BundleInvalid, CatalogueError
from discovery.location import S3Prefix
from discovery.opensearch.about import About
from discovery.opensearch.awaited import Awaited
from discovery.opensearch.connecting import for_polls, for_searches
from discovery.opensearch.current import CurrentVersion
from discovery.opensearch.engine import Engine
from discovery.opensearch.versions import KEPT_SECONDS, names_of
from discovery.resilience.breaker import CircuitBreaker
from discovery.retrieval.index import RetrievalIndex
from discovery.retrieval.opensearch.index import OpenSearchIndex
from discovery.settings.settings import Settings

UNKNOWN = "unknown"
"""Version of a catalogue that OpenSearch could not be asked about."""


def engine_of(settings: Settings) -> Engine:
    """What asks it; connects at first use."""
    opensearch = settings.opensearch
    return Engine(
        lambda: for_searches(opensearch),
        CircuitBreaker("OpenSearch", failures=opensearch.breaker_failures, open_sec=opensearch.breaker_open_sec),
        timeout_ms=settings.retrieval.timeout_ms,
    )


def held_index[Made](settings: Settings, engine: Engine, made: Callable[[RetrievalIndex, About], Made]) -> Held[Made]:
    """What is made of the current catalogue, which is followed.

    While OpenSearch can't tell which one that is, its alias is searched, without the catalogue's genres and platforms.

    Raises:
        BundleInvalid: there is no bundle whose embedding model could be used.
        CatalogueError: the catalogue's vectors are another model's.
    """
    opensearch, model = settings.opensearch, _model(settings)

    def of_version(index: str, about: About) -> Made:
        if (about.model, about.dimensions) != (model.name, model.dimensions):
            raise CatalogueError(f"{index} has vectors of {about.model}, and the layer's model is {model.name}")
        return made(OpenSearchIndex(engine, about, index, model, settings.retrieval), about)

    followed = Followed(
        CurrentVersion(lambda: for_polls(opensearch), opensearch.index, of_version),
        poll_seconds=settings.catalogue.poll_sec,
        kept_seconds=KEPT_SECONDS,
        stale_seconds=KEPT_SECONDS,
    )
    return Awaited(followed, of_version(opensearch.index, _unknown(opensearch.index, model)))


def _model(settings: Settings) -> EmbeddingModel:
    bundle = settings.catalogue.path
    if isinstance(bundle, S3Prefix):
        raise BundleInvalid(f"{bundle} is no folder, from which the embedding model could be read")
    return open_model(bundle, Manifest.read(bundle))


def _unknown(alias: str, model: EmbeddingModel) -> About:
    return About(
        version=UNKNOWN,
        count=0,
        model=model.name,
        dimensions=model.dimensions,
        genres=(),
        platforms=(),
        built_at=datetime.fromtimestamp(0, UTC),
        names=names_of(alias),
    )
