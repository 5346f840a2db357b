"""Connections that died while an environment was frozen."""

from urllib.parse import urlsplit

import pytest
import redis

from discovery.errors import CacheUnavailable
from discovery.personalization.score_cache import scores_key
from tests.conftest import Counted
from tests.integration.valkey.conftest import ANA, SCORES, kept, opened
from tests.integration.valkey.relay import Relay


class WallClock:
    """Unix seconds, as the test has them."""

    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


async def test_a_connection_that_the_server_closed_costs_one_reconnection(
    valkey_url: str, operator: redis.Redis, counted: Counted
) -> None:
    async with opened(url=valkey_url) as cache:
        await cache.write_back(ANA, 0, b"", SCORES)
        operator.client_kill_filter(_type="normal", skipme=True)

        assert await kept(cache) == ["alien"]
    assert counted()["CacheReconnected"] <= 1  # none where redis-py saw the end coming


async def test_a_network_that_forgot_an_idle_connection_costs_no_timeout(valkey_url: str) -> None:
    relay, clock = Relay(urlsplit(valkey_url).port or 0), WallClock()
    async with relay.running(), opened(url=f"redis://127.0.0.1:{relay.port}", wall_clock=clock) as cache:
        await cache.write_back(ANA, 0, b"", SCORES)
        relay.forget()
        clock.now += 3_600

        # A read on the forgotten connection would have taken its timeout, and failed.
        assert await kept(cache) == ["alien"]
        assert relay.accepted == 2


async def test_a_clock_that_was_set_back_is_no_reason_to_trust_a_connection(valkey_url: str) -> None:
    relay, clock = Relay(urlsplit(valkey_url).port or 0), WallClock()
    async with relay.running(), opened(url=f"redis://127.0.0.1:{relay.port}", wall_clock=clock) as cache:
        await cache.write_back(ANA, 0, b"", SCORES)
        relay.forget()
        clock.now -= 3_600

        assert await kept(cache) == ["alien"]


async def test_a_connection_in_use_is_kept(valkey_url: str, operator: redis.Redis) -> None:
    clock = WallClock()
    async with opened(url=valkey_url, wall_clock=clock) as cache:
        await cache.write_back(ANA, 0, b"", SCORES)
        before = operator.info("stats")["total_connections_received"]
        for _ in range(20):
            clock.now += 30
            await kept(cache)

    assert operator.info("stats")["total_connections_received"] == before
    assert operator.exists(scores_key(ANA, 0))


async def test_a_forgotten_connection_in_use_costs_one_timeout_and_then_nothing(
    valkey_url: str, counted: Counted
) -> None:
    relay = Relay(urlsplit(valkey_url).port or 0)
    async with relay.running(), opened(url=f"redis://127.0.0.1:{relay.port}", timeout_ms=100) as cache:
        await cache.write_back(ANA, 0, b"", SCORES)
        relay.forget()
        with pytest.raises(CacheUnavailable, match="TimeoutError"):
            await kept(cache)

        assert await kept(cache) == ["alien"]
    assert counted()["CacheReconnected"] == 0
