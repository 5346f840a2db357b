"""Putting the parts together from the settings; each function calls one of these once per environment."""

import asyncio
from dataclasses import dataclass

from discovery.auth import Authenticator, Caller
from discovery.catalogue.bundle import Catalogue, open_catalogue
from discovery.models import SearchRequest
from discovery.personalization.breaker import CircuitBreaker
from discovery.personalization.connections import async_valkey, plain_valkey
from discovery.personalization.invalidation import Invalidator
from discovery.personalization.parameters import PolicyParameters, ssm_client
from discovery.personalization.policy import Policy
from discovery.personalization.policy_source import PolicySource
from discovery.personalization.scores import ScoreCache
from discovery.personalization.service import Personalizer
from discovery.personalization.snapshot import SnapshotStore
from discovery.personalization.sona import SonaClient
from discovery.personalization.sona_http import JsonPoster
from discovery.pipeline import Pipeline
from discovery.responses import Health, SearchResponse
from discovery.retrieval.retriever import Retriever
from discovery.settings import Settings

_PATIENCE = 50
"""Times the search path's timeouts, for Valkey calls that no search waits for."""


@dataclass(frozen=True)
class SearchService:
    """What the search function holds: one event loop, kept, in which connections outlive a request."""

    pipeline: Pipeline
    authenticator: Authenticator
    catalogue: Catalogue
    policies: PolicySource
    settings: Settings
    runner: asyncio.Runner

    def search(self, request: SearchRequest, caller: Caller) -> SearchResponse:
        """Search, synchronously, as Lambda calls."""
        return self.runner.run(self.pipeline.search(request, caller))

    def close(self) -> None:
        """Close connections and loop; Lambda ends an environment without a word, so only programs and tests do this."""
        self.runner.run(self.pipeline.aclose())
        self.runner.close()

    def health(self) -> Health:
        """What this environment serves."""
        policy = self.policies.current
        catalogue = self.catalogue.manifest.model_dump(mode="json", include={"count", "model", "built_at"})
        return Health(
            status="ok",
            stage=self.settings.stage,
            catalogue=catalogue,
            policy_version=policy.version,
            policy_age_ms=self.policies.age_ms(policy),
        )


@dataclass(frozen=True)
class InvalidationService:
    """What the invalidation function holds."""

    invalidator: Invalidator
    authenticator: Authenticator


def search_service(settings: Settings) -> SearchService:
    """The search function's parts; opens the catalogue, connects to nothing.

    Raises:
        BundleInvalid: there is no usable catalogue.
    """
    catalogue = open_catalogue(settings.catalogue.path)
    personalization = settings.personalization
    policies = _policy_source(settings)
    timeout_sec = personalization.timeout_ms / 1000
    sona = SonaClient(
        JsonPoster.over_aiohttp(personalization.sona_url, timeout_sec=timeout_sec),
        CircuitBreaker(failures=personalization.breaker_failures, open_sec=personalization.breaker_open_sec),
        batch_size=personalization.batch_size,
        no_batch_retry_sec=personalization.no_batch_retry_sec,
        slow_after_sec=timeout_sec / 2,
    )
    cache = ScoreCache(
        async_valkey(settings.cache), ttl_sec=personalization.cache_ttl_sec, max_scores=personalization.cache_max_scores
    )
    personalizer = Personalizer(cache, sona, policies, personalization, user_key=_user_key(settings))
    pipeline = Pipeline(catalogue, Retriever.of(catalogue, settings.retrieval), personalizer, settings)
    return SearchService(pipeline, Authenticator(settings.auth), catalogue, policies, settings, asyncio.Runner())


def invalidation_service(settings: Settings) -> InvalidationService:
    """The invalidation function's parts; connects to nothing."""
    client = plain_valkey(settings.cache, patience=_PATIENCE)
    invalidator = Invalidator(
        client,
        PolicyParameters(ssm_client, settings.policy_prefix),
        SnapshotStore(client, settings.policy.max_age_sec),
        _default_policy(settings),
        user_key=_user_key(settings),
    )
    return InvalidationService(invalidator, Authenticator(settings.auth))


def _policy_source(settings: Settings) -> PolicySource:
    store = SnapshotStore(plain_valkey(settings.cache, patience=_PATIENCE), settings.policy.max_age_sec)
    parameters = PolicyParameters(ssm_client, settings.policy_prefix)
    return PolicySource(parameters, store, _default_policy(settings), max_age_sec=settings.policy.max_age_sec)


def _default_policy(settings: Settings) -> Policy:
    return Policy(boost_weight=settings.personalization.boost_weight)


def _user_key(settings: Settings) -> bytes:
    return settings.privacy.user_key.get_secret_value().encode()
