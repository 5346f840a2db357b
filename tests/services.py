"""The search service over a real catalogue, with fakes where it would reach a network.

Its event loop is made at its first use; `close_all`, which an automatic fixture calls, closes those of a test.
"""

from discovery.catalogue.bundle import Catalogue
from discovery.composition.search import SearchService, assembled, served_of
from discovery.personalization.gathering import ScoreGatherer
from discovery.personalization.score_cache import ScoreCache
from discovery.policy.policy import Policy
from discovery.policy.source import PolicySource
from discovery.privacy.user_key import fixed_key
from discovery.retrieval.bundle.index import BundleIndex
from discovery.retrieval.index import RetrievalIndex
from discovery.settings.settings import Settings
from tests.fakes import FakeOptOuts, FakeParameters, FakeScoreCache, FakeSona, FakeStore

DEFAULT = Policy(boost_weight=0.25)

_made: list[SearchService] = []


def policy_source(parameters: FakeParameters | None = None, *, default_suffices: bool = False) -> PolicySource:
    """Over Parameter Store in memory."""
    return PolicySource(
        *(parameters or FakeParameters(), FakeStore(), DEFAULT), max_age_sec=60, default_suffices=default_suffices
    )


def search_service(
    catalogue: Catalogue,
    settings: Settings,
    *,
    cache: ScoreCache | None = None,
    sona: FakeSona | None = None,
    parameters: FakeParameters | None = None,
    key: bytes = b"key",
    index: RetrievalIndex | None = None,
) -> SearchService:
    """What the search function holds; `index`: another one than the usual one over the catalogue."""
    policies, personalization = policy_source(parameters), settings.personalization
    cache, sona = cache or FakeScoreCache(), sona or FakeSona()

    def gatherer(timeout_ms: float) -> ScoreGatherer:
        enabled, user_key = personalization.enabled, fixed_key(key)
        return ScoreGatherer(
            *(cache, sona.client(), policies),
            opt_outs=FakeOptOuts(cache),
            enabled=enabled,
            user_key=user_key,
            timeout_ms=timeout_ms,
        )

    quick, patient = gatherer(personalization.timeout_ms), gatherer(personalization.preview_timeout_ms)
    index = index or BundleIndex(catalogue, settings.retrieval)
    service = assembled(settings, index, served_of(catalogue), policies, quick=quick, patient=patient)
    _made.append(service)
    return service


def close_all() -> None:
    """Close every service that was made here since the last time."""
    while _made:
        _made.pop().runner.close()
