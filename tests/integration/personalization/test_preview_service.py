"""Previews by the service as the function composes it: real Valkey, SSM API and SONA over sockets."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from discovery.api.auth import Caller
from discovery.api.personalization_responses import Personalization
from discovery.api.preview_responses import PreviewResponse
from discovery.api.requests import PreviewRequest, SearchRequest
from discovery.composition.search import SearchService, search_service
from discovery.settings.settings import Settings
from tests import catalogues
from tests.integration.conftest import Put
from tests.integration.personalization.sona_server import Engine, running

ANA, OLGA = Caller("ana"), Caller("olga")
BROAD = "space sea crime love food war fear games family music"
LIKES = {"ana": {content.id: place / 100 for place, content in enumerate(catalogues.CONTENTS)}}
SEARCH_MS, SLOW_SEC = 300, 0.6
"""A search's deadline, and a SONA that is too slow for it, though not for a preview."""


@pytest.fixture
def sona() -> Iterator[Engine]:
    with running(LIKES) as engine:
        yield engine


@pytest.fixture
def service(tmp_path: Path, valkey_url: str, sona: Engine, stage: str, put: Put) -> Iterator[SearchService]:
    put("variants/control", "0")
    put("variants/half", "0.5")
    settings = {
        "stage": stage,
        "catalogue": {"path": catalogues.build(tmp_path)},
        "personalization": {
            **{"sona_url": sona.url, "timeout_ms": SEARCH_MS, "preview_timeout_ms": 10_000},
            **{"breaker_failures": 1, "breaker_open_sec": 600},
        },
        "cache": {"url": valkey_url, "timeout_ms": 1_000},
        "privacy": {"user_key": "key"},
    }  # fmt: skip
    service = search_service(Settings.model_validate(settings))
    if (reading := service.policies.refresh_if_old()) is not None:
        reading.result()
    yield service
    service.close()


def preview(service: SearchService, *weights: float) -> PreviewResponse:
    return service.preview(PreviewRequest(BROAD, "ana", weights, limit=100), OLGA)


def search(service: SearchService, caller: Caller = ANA) -> Personalization:
    return service.search(SearchRequest(query=BROAD, page_size=100), caller).personalization


def test_the_variants_come_from_parameter_store_and_the_scores_warm_the_cache(
    service: SearchService, sona: Engine, operator: redis.Redis
) -> None:
    previewed = preview(service)

    assert [(column.weight, column.variant) for column in previewed.columns] == [(0, "control"), (0.5, "half")]
    assert previewed.policy_version != "default"
    assert previewed.columns[1].rank_biased_overlap < 1
    assert search(service).from_cache == previewed.scores.scored == previewed.total_count
    assert len(sona.asked) == 1
    assert not [key for key in operator.scan_iter() if b"ana" in key]


@pytest.mark.parametrize("has_batch", [True, False], ids=["batch", "singles"])
def test_a_sona_too_slow_for_searches_is_waited_for_and_its_circuit_left_as_it_is(
    has_batch: bool, service: SearchService, sona: Engine
) -> None:
    sona.has_batch = has_batch
    sona.delay = SLOW_SEC
    late = search(service)
    previewed = preview(service)
    sona.asked.clear()
    other = search(service, Caller("ben"))

    assert (late.status, late.reason) == ("failed", "timeout")
    assert (previewed.scores.status, previewed.scores.reason) == ("applied", None)
    assert (other.reason, sona.asked) == ("circuit_open", [])
