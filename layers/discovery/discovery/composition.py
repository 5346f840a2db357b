"""Putting the parts together from the settings; each function calls one of these once per environment."""

import asyncio
import time
from dataclasses import dataclass

from discovery.api.auth import Authenticator, Caller
from discovery.api.preview_responses import PreviewResponse
from discovery.api.requests import PreviewRequest, SearchRequest
from discovery.api.responses import Health, SearchResponse
from discovery.api.suggest_responses import SuggestResponse
from discovery.catalogue.bundle import Catalogue, open_catalogue
from discovery.location import S3Prefix
from discovery.observability import logger, stamp_lines
from discovery.personalization.gathering import ScoreGatherer
from discovery.personalization.invalidation import Invalidator
from discovery.personalization.opt_outs import OptOuts
from discovery.personalization.personalizer import Personalizer
from discovery.personalization.previewer import Previewer
from discovery.personalization.score_cache import ScoreCache
from discovery.policy.parameters import PolicyParameters, read_secret, ssm_client
from discovery.policy.policy import Policy
from discovery.policy.refresh import PolicyRefresh
from discovery.policy.snapshot import SnapshotStore
from discovery.policy.source import PolicySource
from discovery.privacy.user_key import UserKey, fixed_key
from discovery.resilience.breaker import CircuitBreaker
from discovery.retrieval.bundle.index import BundleIndex
from discovery.retrieval.bundle.suggester import Suggester
from discovery.search.journal import Journal
from discovery.search.pipeline import Pipeline
from discovery.search.preview import Preview
from discovery.search.suggest import Suggest
from discovery.search.why_nothing import WhyNothing
from discovery.settings import CatalogueSettings, PersonalizationSettings, PrivacySettings, Settings, SonaSettings
from discovery.sona.client import SonaClient
from discovery.sona.http import JsonPoster
from discovery.sona.token import SonaToken, checked, fixed_token
from discovery.valkey.connections import async_valkey, plain_valkey

_PATIENCE = 50
"""Times the search path's timeouts, for Valkey calls that no search waits for."""


@dataclass(frozen=True)
class SearchService:
    """What the search function holds: one event loop, kept, in which connections outlive a request."""

    pipeline: Pipeline
    previews: Preview
    suggestions: Suggest
    journal: Journal
    authenticator: Authenticator
    catalogue: Catalogue
    policies: PolicySource
    settings: Settings
    runner: asyncio.Runner

    def search(self, request: SearchRequest, caller: Caller) -> SearchResponse:
        """Search, synchronously, as Lambda calls."""
        searched = self.runner.run(self.pipeline.search(request, caller))
        self.journal.searched(request, searched)
        return searched.response

    def preview(self, request: PreviewRequest, caller: Caller) -> PreviewResponse:
        """Preview weights, synchronously."""
        began = time.perf_counter()
        response = self.runner.run(self.previews.preview(request, caller))
        elapsed_ms = (time.perf_counter() - began) * 1000
        self.journal.previewed(request, self.previews.looker(request, caller), response, elapsed_ms)
        return response

    def suggest(self, prefix: str, limit: int) -> SuggestResponse:
        """Suggest what may be meant by a prefix; asks nobody and nothing but the catalogue."""
        began = time.perf_counter()
        response = self.suggestions.suggest(prefix, limit)
        self.journal.suggested(response, (time.perf_counter() - began) * 1000)
        return response

    def close(self) -> None:
        """Close connections and loop; Lambda ends an environment without a word, so only programs and tests do this."""
        self.runner.run(self.pipeline.aclose())
        self.runner.close()

    def health(self) -> Health:
        """What this environment serves."""
        policy = self.policies.current
        manifest = self.catalogue.manifest.model_dump(mode="json", include={"count", "model", "built_at"})
        return Health(
            status="ok",
            stage=self.settings.stage,
            catalogue={"bundle": self.catalogue.bundle} | manifest,
            policy_version=policy.version,
            policy_age_ms=self.policies.age_ms(policy),
        )


@dataclass(frozen=True)
class InvalidationService:
    """What the invalidation function holds."""

    invalidator: Invalidator
    policy_refresh: PolicyRefresh
    authenticator: Authenticator

    def invalidate_all(self) -> int:
        """Make everybody's scores a miss, and share the policy that says so; returns the new cache generation.

        Raises:
            PolicyUnavailable: Parameter Store did not take it.
            CacheUnavailable: it did, but Valkey did not take the snapshot; searches see it within a minute.
        """
        generation = self.invalidator.invalidate_all()
        self.policy_refresh.run()
        return generation


def search_service(settings: Settings) -> SearchService:
    """The search function's parts; opens the catalogue, and is connected to nothing afterwards.

    Raises:
        BundleInvalid: there is no usable catalogue.
    """
    user_key = _user_key(settings.privacy)
    user_key.prefetch()
    sona_token = _sona_token(settings.sona)
    sona_token.prefetch()
    catalogue = _catalogue(settings.catalogue)
    policies = _policy_source(settings)
    stamp_lines(policies.stamp)
    quick, patient = _gatherers(settings, policies, user_key, sona_token)
    service = assembled(settings, catalogue, policies, quick=quick, patient=patient)
    user_key.wait()
    sona_token.wait()
    return service


def assembled(
    settings: Settings, catalogue: Catalogue, policies: PolicySource, *, quick: ScoreGatherer, patient: ScoreGatherer
) -> SearchService:
    """The search function's parts over what reaches a network; scores are gathered quickly for searches alone."""
    index, window = BundleIndex(catalogue, settings.retrieval), settings.personalization.window
    personalizer = Personalizer(quick, variant_override=settings.personalization.variant_override)
    why_nothing = WhyNothing(index, timeout_ms=settings.retrieval.timeout_ms)
    return SearchService(
        pipeline=Pipeline(index, personalizer, why_nothing, window=window),
        previews=Preview(index, Previewer(patient), window=window),
        suggestions=Suggest(Suggester(catalogue.suggestions)),
        journal=Journal(log_queries=settings.privacy.log_queries),
        authenticator=Authenticator(settings.auth),
        catalogue=catalogue,
        policies=policies,
        settings=settings,
        runner=asyncio.Runner(),
    )


def invalidation_service(settings: Settings) -> InvalidationService:
    """The invalidation function's parts; connects to nothing."""
    client = plain_valkey(settings.cache, patience=_PATIENCE)
    parameters = PolicyParameters(ssm_client, settings.policy_prefix)
    refresh = PolicyRefresh(
        parameters, SnapshotStore(client), _default_policy(settings), max_age_sec=settings.policy.max_age_sec
    )
    invalidator = Invalidator(client, parameters, user_key=_user_key(settings.privacy))
    return InvalidationService(invalidator, refresh, Authenticator(settings.auth))


def _gatherers(
    settings: Settings, policies: PolicySource, user_key: UserKey, sona_token: SonaToken
) -> tuple[ScoreGatherer, ScoreGatherer]:
    """For searches and for previews, over the same connections, each with its own circuit and deadline.

    SONA may be too slow for a search and fast enough for a preview.
    """
    personalization = settings.personalization
    valkey = async_valkey(settings.cache)
    cache = ScoreCache(valkey, ttl_sec=personalization.cache_ttl_sec, max_scores=personalization.cache_max_scores)
    opt_outs = OptOuts(valkey)
    search_ms, preview_ms = personalization.timeout_ms, personalization.preview_timeout_ms
    http = JsonPoster.over_aiohttp(
        personalization.sona_url, timeout_sec=search_ms / 1000, token=sona_token, ca_file=settings.sona.ca_file
    )

    def gatherer(poster: JsonPoster, timeout_ms: float) -> ScoreGatherer:
        sona = _sona_client(poster, personalization, timeout_ms / 1000)
        return ScoreGatherer(
            *(cache, sona, policies),
            opt_outs=opt_outs,
            enabled=personalization.enabled,
            user_key=user_key,
            timeout_ms=timeout_ms,
        )

    return gatherer(http, search_ms), gatherer(http.with_timeout(preview_ms / 1000), preview_ms)


def _sona_client(http: JsonPoster, settings: PersonalizationSettings, timeout_sec: float) -> SonaClient:
    return SonaClient(
        http,
        CircuitBreaker("Sona", failures=settings.breaker_failures, open_sec=settings.breaker_open_sec),
        batch_size=settings.batch_size,
        no_batch_retry_sec=settings.no_batch_retry_sec,
        slow_after_sec=timeout_sec / 2,
    )


def _catalogue(settings: CatalogueSettings) -> Catalogue:
    match settings.path:
        case S3Prefix() as location:
            from discovery.catalogue.published import open_published  # noqa: PLC0415 - a folder needs none of it

            catalogue = open_published(location, settings.folder, settings.bundle)
        case folder:
            catalogue = open_catalogue(folder)
    logger.info("catalogue opened", bundle=catalogue.bundle, count=catalogue.size, location=str(settings.path))
    return catalogue


def _policy_source(settings: Settings) -> PolicySource:
    store = SnapshotStore(plain_valkey(settings.cache, patience=_PATIENCE))
    parameters = PolicyParameters(ssm_client, settings.policy_prefix)
    return PolicySource(
        *(parameters, store, _default_policy(settings)),
        max_age_sec=settings.policy.max_age_sec,
        default_suffices=settings.policy.when_unavailable == "built_in",
    )


def _default_policy(settings: Settings) -> Policy:
    return Policy(boost_weight=settings.personalization.boost_weight)


def _user_key(settings: PrivacySettings) -> UserKey:
    if not settings.user_key_parameter:
        return fixed_key(settings.user_key.get_secret_value().encode())
    return UserKey(lambda: read_secret(ssm_client, settings.user_key_parameter))


def _sona_token(settings: SonaSettings) -> SonaToken:
    if not settings.token_parameter:
        return fixed_token(settings.token.get_secret_value())
    return SonaToken(lambda: checked(read_secret(ssm_client, settings.token_parameter)))
