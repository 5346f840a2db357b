"""Opt-outs on a real Valkey: the scripts, and previews by an environment that never saw the person's token."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import redis

from discovery.api.auth import Caller
from discovery.api.preview_responses import PreviewResponse
from discovery.api.requests import PreviewRequest
from discovery.composition.search import SearchService
from discovery.personalization.invalidation import Invalidator
from discovery.personalization.opt_outs import MARKER_TTL_SECONDS, OptOuts, opt_out_key
from discovery.personalization.score_cache import ScoreCache
from discovery.privacy.hashing import user_hash
from discovery.privacy.user_key import fixed_key
from discovery.settings.cache import CacheSettings
from discovery.valkey.connections import async_valkey, plain_valkey
from tests.fakes import FakeParameters
from tests.integration.personalization.serving import BROAD, Serve, search
from tests.integration.personalization.sona_server import Engine

KEY = b"key"
HASH = user_hash("ana", KEY)
OLGA = Caller("olga")
OPTED_OUT = Caller("ana", opted_out=True, issued_at=1_000.0)


@pytest.fixture
async def opt_outs(valkey_url: str) -> AsyncIterator[OptOuts]:
    client = async_valkey(CacheSettings(url=valkey_url, timeout_ms=2_000))
    yield OptOuts(client)
    await client.aclose()


@pytest.fixture
async def cache(valkey_url: str) -> AsyncIterator[ScoreCache]:
    client = async_valkey(CacheSettings(url=valkey_url, timeout_ms=2_000))
    yield ScoreCache(client, ttl_sec=300, max_scores=10)
    await client.aclose()


async def marked(cache: ScoreCache) -> float | None:
    return (await cache.read(HASH, 0, ["alien"])).opted_out_at


async def test_a_marker_is_read_with_the_scores_and_ends_after_13_months(
    opt_outs: OptOuts, cache: ScoreCache, operator: redis.Redis
) -> None:
    await opt_outs.remember(HASH, 1_000.5)

    assert await marked(cache) == 1_000.5
    assert (await cache.read(HASH, 0, [])).opted_out_at == 1_000.5
    assert operator.ttl(opt_out_key(HASH)) == MARKER_TTL_SECONDS


async def test_a_mark_is_taken_away_also_when_memory_is_full(
    opt_outs: OptOuts, cache: ScoreCache, operator: redis.Redis
) -> None:
    await opt_outs.remember(HASH, 1_000.0)
    operator.config_set("maxmemory", 1)
    try:
        await opt_outs.forget(HASH, 2_000.0)
        assert await marked(cache) is None
    finally:
        operator.config_set("maxmemory", 0)


async def test_a_later_token_renews_it_and_an_earlier_one_changes_nothing(
    opt_outs: OptOuts, cache: ScoreCache, operator: redis.Redis, valkey_url: str
) -> None:
    await opt_outs.remember(HASH, 1_000.0)
    operator.expire(opt_out_key(HASH), 100)
    elsewhere = async_valkey(CacheSettings(url=valkey_url, timeout_ms=2_000))

    await OptOuts(elsewhere).remember(HASH, 900.0)
    assert (await marked(cache), operator.ttl(opt_out_key(HASH))) == (1_000.0, 100)
    await opt_outs.remember(HASH, 2_000.0)
    assert (await marked(cache), operator.ttl(opt_out_key(HASH))) == (2_000.0, MARKER_TTL_SECONDS)

    await elsewhere.aclose()


@pytest.mark.parametrize(("issued_at", "left"), [(999.0, 1_000.0), (1_000.0, 1_000.0), (1_001.0, None)])
async def test_only_a_later_token_undoes_it(
    issued_at: float, left: float | None, opt_outs: OptOuts, cache: ScoreCache
) -> None:
    await opt_outs.remember(HASH, 1_000.0)

    await opt_outs.forget(HASH, issued_at)

    assert await marked(cache) == left


async def test_a_damaged_marker_is_an_opt_out_that_any_token_undoes(
    opt_outs: OptOuts, cache: ScoreCache, operator: redis.Redis
) -> None:
    operator.set(opt_out_key(HASH), "yes")

    assert await marked(cache) == 0
    await opt_outs.forget(HASH, 1.0)
    assert await marked(cache) is None


async def test_an_invalidation_keeps_it(opt_outs: OptOuts, cache: ScoreCache, valkey_url: str) -> None:
    await opt_outs.remember(HASH, 1_000.0)

    with plain_valkey(CacheSettings(url=valkey_url, timeout_ms=2_000)) as client:
        Invalidator(client, FakeParameters(), user_key=fixed_key(KEY)).invalidate_user("ana")

    assert await marked(cache) == 1_000.0


def preview(service: SearchService) -> PreviewResponse:
    return service.preview(PreviewRequest(BROAD, "ana", (0.0, 1.0), limit=100), OLGA)


def test_another_environments_preview_knows_who_opted_out_until_they_are_in_again(serve: Serve, sona: Engine) -> None:
    environment, other = serve(), serve()

    search(environment, OPTED_OUT)
    out = preview(other)
    asked = list(sona.asked)
    search(environment, replace(OPTED_OUT, opted_out=False, issued_at=2_000.0))
    back = preview(other)

    assert (out.scores.status, out.scores.reason, out.user) == ("skipped", "opted_out", None)
    assert asked == []
    assert out.columns[0].results == out.columns[1].results
    assert (back.scores.status, back.user) == ("applied", HASH)


def test_without_valkey_a_preview_shows_nobody_elses_order(serve: Serve, sona: Engine, unused_tcp_port: int) -> None:
    answer = preview(serve(cache={"url": f"redis://127.0.0.1:{unused_tcp_port}/0"}))

    assert (answer.scores.status, answer.scores.reason, answer.user) == ("failed", "opt_out_unknown", None)
    assert sona.asked == []


def test_without_valkey_who_opted_out_searches_as_ever(serve: Serve, unused_tcp_port: int) -> None:
    answer = search(serve(cache={"url": f"redis://127.0.0.1:{unused_tcp_port}/0"}), OPTED_OUT)

    assert (answer.personalization.status, answer.personalization.reason) == ("skipped", "opted_out")
