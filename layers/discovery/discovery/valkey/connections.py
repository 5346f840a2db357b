"""Valkey clients from the settings: one asynchronous for searches, one plain for invalidations and policy snapshots.

Each is for a stand-alone server or a cluster, with or without TLS, with a password, an IAM token or neither. They speak
RESP2 and don't tell the server their name and version, so that a new connection needs one command (AUTH) or none.
"""

import time
from collections.abc import Callable
from typing import Any, Self

import redis
import redis.asyncio
from redis._parsers import AsyncCommandsParser
from redis.asyncio.cluster import ClusterNode
from redis.asyncio.retry import Retry as AsyncRetry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as ConnectionLost
from redis.exceptions import RedisClusterException
from redis.retry import Retry

from discovery.resilience.breaker import CircuitBreaker
from discovery.settings.cache import CacheSettings
from discovery.valkey.client import AsyncValkey
from discovery.valkey.iam import ElastiCacheToken

_ONCE_MORE = 1
"""Retries, for connections that were closed while idle, as all are while Lambda has an environment frozen."""


def async_valkey(settings: CacheSettings, *, wall_clock: Callable[[], float] = time.time) -> AsyncValkey:
    """The client of the search path; it connects at first use."""
    options = _options(settings) | {"retry": AsyncRetry(NoBackoff(), 0)}

    def stand_alone() -> redis.asyncio.Redis:
        return redis.asyncio.Redis.from_url(settings.redis_url, **options)

    def cluster() -> redis.asyncio.RedisCluster:
        client = redis.asyncio.RedisCluster.from_url(settings.redis_url, dynamic_startup_nodes=False, **options)
        client.commands_parser = _FirstArgument()
        return client

    connect = cluster if settings.is_cluster else stand_alone
    breaker = CircuitBreaker("Cache", failures=settings.breaker_failures, open_sec=settings.breaker_open_sec)
    return AsyncValkey(connect, breaker, timeout_sec=settings.timeout_ms / 1000, wall_clock=wall_clock)


class PlainCluster:
    """What invalidations and policy snapshots need of a cluster; unlike redis-py's client, it connects at first use."""

    def __init__(self, connect: Callable[[], redis.RedisCluster]) -> None:
        self._connect = connect
        self._client: redis.RedisCluster | None = None

    def get(self, key: str) -> Any:
        """The value of a key."""
        return self._cluster().get(key)

    def set(self, key: str, value: str, **options: Any) -> Any:
        """Set a key; the options are redis-py's."""
        return self._cluster().set(key, value, **options)

    def delete(self, *keys: str) -> Any:
        """Delete keys, which are all in one slot."""
        return self._cluster().delete(*keys)

    def eval(self, script: str, numkeys: int, *keys_and_args: str) -> Any:
        """Run a Lua script on the node of its keys, which are all in one slot."""
        return self._cluster().eval(script, numkeys, *keys_and_args)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        if self._client is not None:
            self._client.close()
            self._client = None

    def _cluster(self) -> redis.RedisCluster:
        if self._client is None:
            try:
                self._client = self._connect()
            except RedisClusterException as error:
                raise ConnectionLost(str(error)) from error
        return self._client


def plain_valkey(settings: CacheSettings, *, patience: float = 1.0) -> redis.Redis | PlainCluster:
    """The client for work that no search waits for; its timeouts are the settings', times `patience`."""
    options = _options(settings, patience) | {"retry": Retry(NoBackoff(), _ONCE_MORE)}
    if settings.is_cluster:
        return PlainCluster(
            lambda: redis.RedisCluster.from_url(settings.redis_url, dynamic_startup_nodes=False, **options)
        )
    return redis.Redis.from_url(settings.redis_url, **options)


class _FirstArgument(AsyncCommandsParser):
    """Finds a command's key in its first argument, where all our commands have it (redis-py itself knows about EVAL).

    The real parser asks the server to describe its 400 commands. Reading that takes 60 ms, ten times as long as all the
    rest of connecting to a cluster. It is longer than the deadline, so a search would never have a connection.
    """

    async def initialize(self, node: ClusterNode | None = None) -> None:
        """Ask nothing."""

    async def get_keys(self, *args: Any) -> tuple[str, ...]:
        """The key of a command; `args` are all its parts, the name included."""
        return (args[1],)


def _options(settings: CacheSettings, patience: float = 1.0) -> dict[str, Any]:
    seconds = settings.timeout_ms / 1000 * patience
    options: dict[str, Any] = {"protocol": 2, "driver_info": None}
    options |= {"socket_timeout": seconds, "socket_connect_timeout": seconds}
    if settings.is_tls:
        options |= {"ssl_cert_reqs": "required", "ssl_check_hostname": True}
        if settings.ca_file is not None:
            options["ssl_ca_certs"] = str(settings.ca_file)
    if settings.iam_user:
        options["credential_provider"] = ElastiCacheToken(
            settings.iam_user, settings.iam_name, serverless=settings.serverless
        )
    elif password := settings.password.get_secret_value():
        options |= {"username": settings.username or None, "password": password}
    return options
