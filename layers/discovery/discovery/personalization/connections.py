"""Valkey clients from the settings: one asynchronous for searches, one plain for invalidations and policy snapshots."""

from typing import Any

import redis
import redis.asyncio
from redis.asyncio.retry import Retry as AsyncRetry
from redis.backoff import NoBackoff
from redis.retry import Retry

from discovery.settings import CacheSettings

_ONCE_MORE = 1
"""For a connection that died idle, as all do while Lambda has an environment frozen."""


def async_valkey(settings: CacheSettings) -> redis.asyncio.Redis:
    """The client of the search path; it connects at first use."""
    retry = AsyncRetry(NoBackoff(), _ONCE_MORE)
    return redis.asyncio.Redis.from_url(settings.url, retry=retry, **_timeouts(settings))


def plain_valkey(settings: CacheSettings, *, patience: float = 1.0) -> redis.Redis:
    """The client for work that no search waits for; `patience` multiplies the timeouts."""
    return redis.Redis.from_url(settings.url, retry=Retry(NoBackoff(), _ONCE_MORE), **_timeouts(settings, patience))


def _timeouts(settings: CacheSettings, patience: float = 1.0) -> dict[str, Any]:
    seconds = settings.timeout_ms / 1000 * patience
    return {"socket_timeout": seconds, "socket_connect_timeout": seconds}
