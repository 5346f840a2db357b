"""Tokens for ElastiCache, checked against Signature Version 4 as AWS documents it."""

import datetime
import hashlib
import hmac
import threading
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, quote

import pytest
from botocore.credentials import Credentials
from redis.exceptions import AuthenticationError

from discovery.valkey.iam import ElastiCacheToken
from tests.clock import StandingClock

ACCESS, SECRET, SESSION, REGION = (
    "AKIDEXAMPLE",
    "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
    "a/session+token==",
    "eu-west-1",
)


def token_source(
    *,
    find: Callable[[], Any] = lambda: Credentials(ACCESS, SECRET, SESSION),
    clock: StandingClock | None = None,
    **changes: Any,
) -> ElastiCacheToken:
    made: dict[str, Any] = {"user": "search", "cache_name": "my-cache", "serverless": False, "region": REGION} | changes
    return ElastiCacheToken(**made, find_credentials=find, wall_clock=clock or StandingClock(1_700_000_000.0))


def query(token: str) -> dict[str, str]:
    return dict(parse_qsl(token.partition("?")[2], strict_parsing=True))


def signature(token: str) -> str:
    """What "Create a signed AWS API request" in the IAM User Guide makes of the rest of a presigned URL."""
    host, _, rest = token.partition("/?")
    signed = sorted((name, value) for name, value in query(token).items() if name != "X-Amz-Signature")
    canonical_query = "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in signed)
    nothing = hashlib.sha256(b"").hexdigest()
    canonical = "\n".join(["GET", "/", canonical_query, f"host:{host}\n", "host", nothing])
    date = query(token)["X-Amz-Date"]
    scope = [date[:8], REGION, "elasticache", "aws4_request"]
    text = ["AWS4-HMAC-SHA256", date, "/".join(scope), hashlib.sha256(canonical.encode()).hexdigest()]
    key = f"AWS4{SECRET}".encode()
    for part in scope:
        key = hmac.digest(key, part.encode(), "sha256")
    assert rest
    return hmac.digest(key, "\n".join(text).encode(), "sha256").hex()


@pytest.mark.parametrize("serverless", [False, True])
@pytest.mark.parametrize("user", ["search", "a user/with+signs"])
def test_a_token_is_a_presigned_connect_request_without_its_scheme(user: str, serverless: bool) -> None:
    named, token = token_source(user=user, serverless=serverless).get_credentials()

    asked = query(token)
    assert named == user
    assert token.startswith("my-cache/?Action=connect&User=")
    assert (asked["User"], asked["X-Amz-Expires"]) == (user, "900")
    assert asked.get("ResourceType") == ("ServerlessCache" if serverless else None)
    assert asked["X-Amz-Security-Token"] == SESSION
    assert asked["X-Amz-Credential"].split("/")[0::2] == [ACCESS, REGION, "aws4_request"]
    assert asked["X-Amz-Signature"] == signature(token)


def test_a_token_is_dated_now() -> None:
    _, token = token_source().get_credentials()

    signed_at = datetime.datetime.strptime(query(token)["X-Amz-Date"] + "+0000", "%Y%m%dT%H%M%SZ%z")
    assert abs(signed_at - datetime.datetime.now(datetime.UTC)) < datetime.timedelta(minutes=5)


def test_a_cache_is_named_as_elasticache_keeps_it() -> None:
    _, token = token_source(cache_name="My-Cache").get_credentials()

    assert token.startswith("my-cache/?")
    assert query(token)["X-Amz-Signature"] == signature(token)


async def test_a_token_is_kept_for_ten_minutes_and_then_made_anew() -> None:
    clock, looked_up = StandingClock(1_700_000_000.0), []

    def find() -> Credentials:
        looked_up.append(clock.now)
        return Credentials(ACCESS, SECRET, SESSION)

    source = token_source(find=find, clock=clock)
    began = clock.now
    for seconds in (0, 1, 599, 600, 1_199, 1_200):
        clock.now = began + seconds
        source.get_credentials()
        await source.get_credentials_async()

    assert [at - began for at in looked_up] == [0, 600, 1_200]


def test_a_clock_that_was_set_back_makes_a_new_token() -> None:
    clock = StandingClock(1_700_000_000.0)
    keys = iter([ACCESS, "AKIDOTHER"])
    source = token_source(find=lambda: Credentials(next(keys), SECRET), clock=clock)
    source.get_credentials()
    clock.now -= 86_400

    assert query(source.get_credentials()[1])["X-Amz-Credential"].startswith("AKIDOTHER/")


async def test_a_token_is_made_beside_the_event_loop_and_a_kept_one_at_once() -> None:
    threads: list[str] = []

    def find() -> Credentials:
        threads.append(threading.current_thread().name)
        return Credentials(ACCESS, SECRET, None)

    source = token_source(find=find)
    first, second = await source.get_credentials_async(), await source.get_credentials_async()

    assert first == second
    assert len(threads) == 1
    assert threads[0] != threading.current_thread().name
    assert "X-Amz-Security-Token" not in query(first[1])


@pytest.mark.parametrize("changes", [{"find": lambda: None}, {"region": None}])
def test_nothing_to_sign_with_is_an_error_that_valkeys_clients_raise(
    changes: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")

    with pytest.raises(AuthenticationError, match=r"No(Credentials|Region)Error"):
        token_source(**changes).get_credentials()


def test_no_credentials_are_looked_for_before_a_connection_needs_them() -> None:
    def find() -> Credentials:
        raise AssertionError("too early: it would be in the snapshot")

    token_source(find=find)
