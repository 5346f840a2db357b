"""Which client the settings give, and what becomes of it when it fails."""

from pathlib import Path
from typing import Any, Self, cast

import pytest
import redis
from pydantic import ValidationError
from redis import exceptions
from redis.asyncio import Redis, RedisCluster

from discovery.errors import CacheUnavailable
from discovery.resilience.breaker import CircuitBreaker
from discovery.settings.cache import CacheSettings
from discovery.valkey.client import AsyncValkey, Client
from discovery.valkey.connections import PlainCluster, async_valkey, plain_valkey
from tests.conftest import Counted

LOST = exceptions.ConnectionError("Connection closed by server.")
ANSWER = b"answer"
URL = "redis://127.0.0.1:6379/0"


class FakeClient:
    """Plays back what its commands are answered with; an exception that is not in a list is raised."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[Any, ...]] = []
        self.closed = False

    def pipeline(self, *, transaction: bool) -> Self:
        assert not transaction
        return self

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None: ...

    def execute_command(self, *command: Any) -> None:
        self.asked.append(command)

    async def execute(self, *, raise_on_error: bool) -> list[Any]:
        assert not raise_on_error
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return cast(list[Any], answer)

    async def aclose(self) -> None:
        self.closed = True


def over(*clients: FakeClient) -> AsyncValkey:
    waiting = list(clients)
    breaker = CircuitBreaker("Cache", failures=100, open_sec=5)
    return AsyncValkey(lambda: cast(Client, waiting.pop(0)), breaker, timeout_sec=5)


async def ask(valkey: AsyncValkey) -> Any:
    (answer,) = await valkey.ask(("GET", "key"))
    return answer


FAILURES = [
    LOST,
    exceptions.TimeoutError("Timeout reading"),
    exceptions.BusyLoadingError("loading"),
    exceptions.AuthenticationError("NOAUTH"),
    exceptions.ReadOnlyError("read only"),
    exceptions.ClusterDownError("down"),
    exceptions.MovedError("1 127.0.0.1:1"),
    exceptions.TryAgainError("split"),
    exceptions.RedisClusterException("no node"),
    exceptions.SlotNotCoveredError("slot"),
    exceptions.MaxConnectionsError("many"),
    exceptions.InvalidResponse("noise"),
    exceptions.ResponseError("ERR unknown command"),
    ConnectionResetError("reset"),
    TimeoutError(),
]


@pytest.mark.parametrize("failure", FAILURES, ids=lambda failure: type(failure).__name__)
@pytest.mark.parametrize("as_value", [False, True], ids=["raised", "among the answers"])
async def test_a_failure_is_named_and_its_client_left(failure: Exception, as_value: bool) -> None:
    failing, next_one = FakeClient([failure] if as_value else failure), FakeClient([ANSWER])
    valkey = over(failing, next_one)

    with pytest.raises(CacheUnavailable, match=f"^{type(failure).__name__}$"):
        await ask(valkey)

    assert await ask(valkey) == ANSWER
    await valkey.aclose()
    assert len(failing.asked) == 1
    assert failing.closed
    assert next_one.closed


@pytest.mark.parametrize("failure", [exceptions.OutOfMemoryError("OOM"), exceptions.NoPermissionError("NOPERM")])
async def test_an_error_that_no_other_connection_would_spare_keeps_the_client(failure: Exception) -> None:
    client = FakeClient([failure], [ANSWER])
    valkey = over(client)

    with pytest.raises(CacheUnavailable, match=type(failure).__name__):
        await ask(valkey)

    assert await ask(valkey) == ANSWER
    assert not client.closed
    await valkey.aclose()


@pytest.mark.parametrize("as_value", [False, True], ids=["raised", "among the answers"])
async def test_a_kept_connection_that_died_is_replaced_within_the_same_search(as_value: bool, counted: Counted) -> None:
    died, alive = FakeClient([ANSWER], [LOST] if as_value else LOST), FakeClient([ANSWER])
    valkey = over(died, alive)
    await ask(valkey)

    assert await ask(valkey) == ANSWER
    assert counted()["CacheReconnected"] == 1
    await valkey.aclose()
    assert died.closed


async def test_but_once_only() -> None:
    valkey = over(FakeClient([ANSWER], LOST), FakeClient(LOST), FakeClient([ANSWER]))
    await ask(valkey)

    with pytest.raises(CacheUnavailable, match="ConnectionError"):
        await ask(valkey)


async def test_and_not_where_the_time_is_spent_already() -> None:
    slow = FakeClient([ANSWER], exceptions.TimeoutError("Timeout reading"))
    valkey = over(slow, FakeClient([ANSWER]))
    await ask(valkey)

    with pytest.raises(CacheUnavailable, match="TimeoutError"):
        await ask(valkey)
    assert len(slow.asked) == 2


async def test_a_key_of_another_type_is_an_answer_and_no_failure() -> None:
    wrong = exceptions.ResponseError("WRONGTYPE Operation against a key holding the wrong kind of value")
    client = FakeClient([wrong], [ANSWER])
    valkey = over(client)

    assert await ask(valkey) is wrong
    assert not client.closed


def options(client: Any) -> dict[str, Any]:
    return cast(dict[str, Any], client.connection_pool.connection_kwargs)


def made(**settings: Any) -> Client:
    return async_valkey(CacheSettings(**{"url": URL} | settings))._connect()


@pytest.mark.parametrize("settings", [{"cluster": True}, {"serverless": True}])
def test_a_cluster_has_clients_that_know_clusters_and_connect_to_nothing_yet(settings: dict[str, Any]) -> None:
    assert isinstance(made(**settings), RedisCluster)
    assert isinstance(plain_valkey(CacheSettings(**settings)), PlainCluster)


def test_a_stand_alone_server_has_plain_clients() -> None:
    assert isinstance(made(), Redis)
    assert isinstance(plain_valkey(CacheSettings()), redis.Redis)


def test_no_client_retries_with_backoff_or_waits_longer_than_it_is_told() -> None:
    stand_alone, cluster = made(timeout_ms=20), made(timeout_ms=20, cluster=True)

    assert options(stand_alone)["socket_timeout"] == options(stand_alone)["socket_connect_timeout"] == 0.02
    assert options(stand_alone)["retry"].get_retries() == 0
    assert isinstance(cluster, RedisCluster)
    assert cluster.retry.get_retries() == 0
    assert cluster.connection_kwargs["socket_timeout"] == 0.02


@pytest.mark.parametrize("scheme", ["rediss", "valkeys"])
def test_tls_verifies_certificate_and_name(scheme: str) -> None:
    client = made(url=f"{scheme}://cache:6380", ca_file=Path("ca.pem"))

    verified = {name: options(client)[name] for name in ("ssl_cert_reqs", "ssl_check_hostname", "ssl_ca_certs")}
    assert verified == {"ssl_cert_reqs": "required", "ssl_check_hostname": True, "ssl_ca_certs": "ca.pem"}
    assert (options(client)["host"], options(client)["port"]) == ("cache", 6380)


def test_a_password_is_passed_on_and_never_shown() -> None:
    settings = CacheSettings.model_validate({"username": "search", "password": "s3cret"})
    client = async_valkey(settings)._connect()

    assert (options(client)["username"], options(client)["password"]) == ("search", "s3cret")
    assert "s3cret" not in repr(settings)


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"url": "http://cache"}, "scheme"),
        ({"url": "redis://cache/1", "cluster": True}, "databases"),
        ({"url": "rediss://cache", "iam_user": "search"}, "iam_name"),
        ({"url": "rediss://cache", "iam_name": "cache"}, "iam_user"),
        ({"url": "redis://cache", "iam_user": "search", "iam_name": "cache"}, "TLS"),
        ({"url": "rediss://:x@cache", "iam_user": "search", "iam_name": "cache"}, "one of them"),
        ({"url": "rediss://:x@cache", "password": "y"}, "one of them"),
    ],
)
def test_settings_that_do_not_fit_together_are_refused(settings: dict[str, Any], named: str) -> None:
    with pytest.raises(ValidationError, match=named):
        CacheSettings(**settings)
