"""The search function: its service, and its parts."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass

from discovery.api.auth import Authenticator, Caller
from discovery.api.preview_responses import PreviewResponse
from discovery.api.requests import PreviewRequest, SearchRequest
from discovery.api.responses import Health
from discovery.api.search_responses import SearchResponse
from discovery.api.suggest_responses import SuggestResponse
from discovery.artefacts.held import Fixed, Held
from discovery.catalogue.bundle import Catalogue
from discovery.composition.catalogue import held
from discovery.composition.parts import PATIENCE, default_policy, sona_token_of, user_key_of
from discovery.observability import stamp_lines
from discovery.opensearch.about import About
from discovery.opensearch.engine import Engine
from discovery.personalization.gathering import ScoreGatherer
from discovery.personalization.opt_outs import OptOuts
from discovery.personalization.personalizer import Personalizer
from discovery.personalization.previewer import Previewer
from discovery.personalization.score_cache import ScoreCache
from discovery.policy.parameters import PolicyParameters, ssm_client
from discovery.policy.snapshot import SnapshotStore
from discovery.policy.source import PolicySource
from discovery.privacy.user_key import UserKey
from discovery.resilience.breaker import CircuitBreaker
from discovery.retrieval.bundle.index import BundleIndex
from discovery.retrieval.index import RetrievalIndex
from discovery.search.cursor import Cursor
from discovery.search.edition import Edition, Served
from discovery.search.journal import Journal
from discovery.search.pipeline import Pipeline
from discovery.search.preview import Preview
from discovery.search.suggest import Suggest
from discovery.search.why_nothing import WhyNothing
from discovery.settings.personalization import PersonalizationSettings
from discovery.settings.settings import Settings
from discovery.sona.client import SonaClient
from discovery.sona.http import JsonPoster
from discovery.sona.token import SonaToken
from discovery.valkey.connections import async_valkey, plain_valkey

Editor = Callable[[RetrievalIndex, Served], Edition]
"""What makes an edition of an index, and of what is told of it."""


@dataclass(frozen=True)
class SearchService:
    """What the search function holds: one event loop, kept, in which connections outlive a request."""

    editions: Held[Edition]
    journal: Journal
    authenticator: Authenticator
    policies: PolicySource
    settings: Settings
    runner: asyncio.Runner
    engine: Engine | None = None
    """What has connections to OpenSearch, where that is what is searched."""

    def search(self, request: SearchRequest, caller: Caller) -> SearchResponse:
        """Search, synchronously, as Lambda calls."""
        edition = self.editions.current()
        if request.cursor is not None:
            edition = self.editions.held(Cursor.parse(request.cursor).catalogue) or edition
        searched = self.runner.run(edition.pipeline.search(request, caller))
        self.journal.searched(request, searched)
        return searched.response

    def preview(self, request: PreviewRequest, caller: Caller) -> PreviewResponse:
        """Preview weights, synchronously."""
        began = time.perf_counter()
        previews = self.editions.current().previews
        response = self.runner.run(previews.preview(request, caller))
        elapsed_ms = (time.perf_counter() - began) * 1000
        self.journal.previewed(request, previews.looker(request, caller), response, elapsed_ms)
        return response

    def suggest(self, prefix: str, limit: int) -> SuggestResponse:
        """Suggest what may be meant by a prefix; asks nobody and nothing but the catalogue."""
        began = time.perf_counter()
        response = self.runner.run(self.editions.current().suggestions.suggest(prefix, limit))
        self.journal.suggested(response, (time.perf_counter() - began) * 1000)
        return response

    def close(self) -> None:
        """Close connections and loop; Lambda ends an environment without a word, so only programs and tests do this."""
        self.runner.run(self.editions.current().pipeline.aclose())
        if self.engine is not None:
            self.runner.run(self.engine.aclose())
        self.runner.close()

    def health(self) -> Health:
        """What this environment serves."""
        policy = self.policies.current
        return Health(
            status="ok",
            stage=self.settings.stage,
            catalogue=asdict(self.editions.current().served),
            policy_version=policy.version,
            policy_age_ms=self.policies.age_ms(policy),
        )


def search_service(settings: Settings) -> SearchService:
    """The search function's parts; opens the catalogue, and is connected to nothing afterwards.

    Raises:
        BundleInvalid: there is no usable catalogue.
    """
    user_key = user_key_of(settings.privacy)
    user_key.prefetch()
    sona_token = sona_token_of(settings.sona)
    sona_token.prefetch()
    policies = _policy_source(settings)
    stamp_lines(policies.stamp)
    quick, patient = _gatherers(settings, policies, user_key, sona_token)
    editions, engine = _editions(settings, _editor(settings, quick, patient))
    service = _search_service(settings, editions, policies, engine)
    user_key.wait()
    sona_token.wait()
    return service


def assembled(
    settings: Settings,
    index: RetrievalIndex,
    served: Served,
    policies: PolicySource,
    *,
    quick: ScoreGatherer,
    patient: ScoreGatherer,
) -> SearchService:
    """The search function's parts over an index and what reaches a network."""
    edition = _editor(settings, quick, patient)(index, served)
    return _search_service(settings, Fixed(served.bundle, edition), policies)


def _editions(settings: Settings, edition: Editor) -> tuple[Held[Edition], Engine | None]:
    """What is searched, by the house that the settings name, and what has its connections."""
    if settings.retrieval.engine == "bundle":
        return held(settings.catalogue, _of_bundle(settings, edition)), None
    from discovery.composition.opensearch import engine_of, held_index  # noqa: PLC0415 - a bundle needs no client

    engine = engine_of(settings)
    return held_index(settings, engine, lambda index, about: edition(index, _served(about))), engine


def _of_bundle(settings: Settings, edition: Editor) -> Callable[[Catalogue], Edition]:
    return lambda catalogue: edition(BundleIndex(catalogue, settings.retrieval), served_of(catalogue))


def served_of(catalogue: Catalogue) -> Served:
    """What is told of a bundle."""
    manifest = catalogue.manifest
    return Served(catalogue.bundle, manifest.count, manifest.model, manifest.model_dump(mode="json")["built_at"])


def _served(about: About) -> Served:
    return Served(about.version, about.count, about.model, about.built_at.isoformat())


def _editor(settings: Settings, quick: ScoreGatherer, patient: ScoreGatherer) -> Editor:
    """What makes an edition of an index; scores are gathered quickly for searches alone."""
    window = settings.personalization.window
    personalizer = Personalizer(quick, variant_override=settings.personalization.variant_override)
    previewer = Previewer(patient)

    def edition(index: RetrievalIndex, served: Served) -> Edition:
        why_nothing = WhyNothing(index, timeout_ms=settings.retrieval.timeout_ms)
        return Edition(
            served,
            pipeline=Pipeline(index, personalizer, why_nothing, window=window),
            previews=Preview(index, previewer, window=window),
            suggestions=Suggest(index),
        )

    return edition


def _search_service(
    settings: Settings, editions: Held[Edition], policies: PolicySource, engine: Engine | None = None
) -> SearchService:
    return SearchService(
        editions=editions,
        journal=Journal(log_queries=settings.privacy.log_queries),
        authenticator=Authenticator(settings.auth),
        policies=policies,
        settings=settings,
        runner=asyncio.Runner(),
        engine=engine,
    )


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


def _policy_source(settings: Settings) -> PolicySource:
    store = SnapshotStore(plain_valkey(settings.cache, patience=PATIENCE))
    parameters = PolicyParameters(ssm_client, settings.policy_prefix)
    return PolicySource(
        *(parameters, store, default_policy(settings)),
        max_age_sec=settings.policy.max_age_sec,
        default_suffices=settings.policy.when_unavailable == "built_in",
    )
