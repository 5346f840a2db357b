"""An environment's search service over real servers."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from discovery.composition.search import SearchService, search_service
from discovery.settings.settings import Settings
from tests import catalogues
from tests.integration.personalization.serving import LIKES, Serve
from tests.integration.personalization.sona_server import Engine, running


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return catalogues.build(tmp_path_factory.mktemp("bundle"))


@pytest.fixture
def sona() -> Iterator[Engine]:
    with running(LIKES) as engine:
        yield engine


@pytest.fixture
def settings(bundle: Path, valkey_url: str, sona: Engine, stage: str, aws: pytest.MonkeyPatch) -> dict[str, Any]:
    """Generous deadlines: these tests are about what is answered; the deadline has its own."""
    return {
        "stage": stage,
        "catalogue": {"path": bundle},
        "personalization": {"sona_url": sona.url, "timeout_ms": 5_000},
        "cache": {"url": valkey_url, "timeout_ms": 1_000},
        "privacy": {"user_key": "key"},
    }


@pytest.fixture
def serve(settings: dict[str, Any]) -> Iterator[Serve]:
    services: list[SearchService] = []

    def start(**changes: dict[str, Any]) -> SearchService:
        changed = settings | {section: settings.get(section, {}) | values for section, values in changes.items()}
        services.append(search_service(Settings.model_validate(changed)))
        return services[-1]

    yield start
    for service in services:
        service.close()
