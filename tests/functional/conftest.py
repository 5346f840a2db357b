"""The two functions, end to end from event to response, over a real catalogue and with fakes at the network's edge."""

from collections.abc import Iterator

import pytest

from discovery.api.auth import Authenticator
from discovery.catalogue.bundle import Catalogue
from discovery.composition.invalidation import InvalidationService
from discovery.personalization.invalidation import Invalidator
from discovery.policy.policy import Policy
from discovery.policy.refresh import PolicyRefresh
from discovery.privacy.user_key import fixed_key
from discovery.settings.access import AuthSettings
from discovery.settings.personalization import PersonalizationSettings
from discovery.settings.settings import Settings
from functions.invalidation import app as invalidation_function
from functions.search import app as search_function
from tests import catalogues, tokens
from tests.fakes import FakeParameters, FakeScoreCache, FakeSona, FakeStore, FakeValkey
from tests.functional.client import Api
from tests.services import search_service

USER_KEY = b"key"
LIKES = {
    "ana": {content.id: place / 100 for place, content in enumerate(catalogues.CONTENTS)},
    "ben": {content.id: 1 - place / 100 for place, content in enumerate(catalogues.CONTENTS)},
}
"""Two users of opposite taste."""


@pytest.fixture(scope="session")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalogue]:
    with catalogues.opened(catalogues.build(tmp_path_factory.mktemp("bundle"))) as opened:
        yield opened


@pytest.fixture
def auth() -> AuthSettings:
    return tokens.settings()


@pytest.fixture
def api(catalogue: Catalogue, auth: AuthSettings) -> Api:
    """The search function."""
    settings = Settings(personalization=PersonalizationSettings(timeout_ms=5_000), auth=auth, stage="test")
    parameters, cache, sona = FakeParameters(), FakeScoreCache(), FakeSona(LIKES)
    service = search_service(catalogue, settings, cache=cache, sona=sona, parameters=parameters, key=USER_KEY)
    return Api(search_function.make_handler(lambda: service), parameters, cache, sona)


@pytest.fixture
def invalidation(auth: AuthSettings) -> Api:
    """The invalidation function."""
    parameters, valkey, store = FakeParameters(), FakeValkey(), FakeStore()
    invalidator = Invalidator(valkey.client, parameters, user_key=fixed_key(USER_KEY))
    refresh = PolicyRefresh(parameters, store, Policy(boost_weight=0.25), max_age_sec=60, wall_clock=lambda: 1000.0)
    service = InvalidationService(invalidator, refresh, Authenticator(auth))
    return Api(invalidation_function.make_handler(lambda: service), parameters, valkey=valkey, store=store)
