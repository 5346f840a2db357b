"""The two functions, end to end from event to response, over a real catalogue and with fakes at the network's edge."""

import importlib.util
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from discovery.api.auth import Authenticator
from discovery.catalogue.bundle import Catalogue
from discovery.composition import InvalidationService
from discovery.personalization.invalidation import Invalidator
from discovery.policy.policy import Policy
from discovery.privacy.user_key import fixed_key
from discovery.settings import PersonalizationSettings, Settings
from tests import catalogues, tokens
from tests.events import FakeContext, http_event
from tests.fakes import FakeParameters, FakeScoreCache, FakeSona, FakeStore, FakeValkey
from tests.services import search_service

FUNCTIONS = Path(__file__).parents[2] / "functions"
USER_KEY = b"key"
LIKES = {
    "ana": {content.id: place / 100 for place, content in enumerate(catalogues.CONTENTS)},
    "ben": {content.id: 1 - place / 100 for place, content in enumerate(catalogues.CONTENTS)},
}
"""Two users of opposite taste."""


def load(function: str) -> ModuleType:
    """A function's module, by path: both are called app.py."""
    spec = importlib.util.spec_from_file_location(f"{function}_app", FUNCTIONS / function / "app.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@dataclass(frozen=True)
class Answer:
    """What a client gets."""

    status: int
    headers: dict[str, str]
    body: str

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def ids(self) -> list[str]:
        return [result["content"]["id"] for result in self.json["results"]]


@dataclass
class Api:
    """A handler, and the fakes around it."""

    handler: Callable[[dict[str, Any], FakeContext], Any]
    parameters: FakeParameters = field(default_factory=FakeParameters)
    cache: FakeScoreCache = field(default_factory=FakeScoreCache)
    sona: FakeSona = field(default_factory=FakeSona)
    valkey: FakeValkey = field(default_factory=FakeValkey)
    store: FakeStore = field(default_factory=FakeStore)

    def send(self, event: dict[str, Any]) -> Answer:
        response = self.handler(event, FakeContext())
        # The resolver gives headers of one value as lists too; API Gateway joins them.
        headers = {name.lower(): str(value) for name, value in (response.get("headers") or {}).items()}
        return Answer(response["statusCode"], headers, response.get("body") or "")

    def request(self, method: str, path: str, **parts: Any) -> Answer:
        return self.send(http_event(method, path, **parts))

    def get(self, **query: Any) -> Answer:
        token = query.pop("token", None)
        return self.request("GET", "/v1/search", query=query, token=token)

    def post(self, body: object, token: str | None = None) -> Answer:
        return self.request("POST", "/v1/search", body=body, token=token)


@pytest.fixture(scope="session")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalogue]:
    with catalogues.opened(catalogues.build(tmp_path_factory.mktemp("bundle"))) as opened:
        yield opened


@pytest.fixture
def api(catalogue: Catalogue) -> Api:
    """The search function."""
    settings = Settings(personalization=PersonalizationSettings(timeout_ms=5_000), auth=tokens.settings(), stage="test")
    parameters, cache, sona = FakeParameters(), FakeScoreCache(), FakeSona(LIKES)
    service = search_service(catalogue, settings, cache=cache, sona=sona, parameters=parameters, key=USER_KEY)
    return Api(load("search").make_handler(lambda: service), parameters, cache, sona)


@pytest.fixture
def invalidation() -> Api:
    """The invalidation function."""
    parameters, valkey, store = FakeParameters(), FakeValkey(), FakeStore()
    invalidator = Invalidator(
        valkey.client,
        parameters,
        store,
        Policy(boost_weight=0.25),
        user_key=fixed_key(USER_KEY),
        wall_clock=lambda: 1000.0,
    )
    service = InvalidationService(invalidator, Authenticator(tokens.settings()))
    handler = load("invalidation").make_handler(lambda: service)
    return Api(handler, parameters, valkey=valkey, store=store)
