"""The SONA client when requests fail: what is tried again, what is given up, and what is kept."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import aiohttp
import httpx
import pytest
from aiohttp.client_reqrep import ConnectionKey

from discovery.errors import SonaUnavailable
from discovery.sona.client import SonaClient
from discovery.sona.contract import SCORES_PATH, Score
from tests.conftest import Counted
from tests.fakes import FakeSona, sona_over

LIKES = {"ana": {"alien": 0.9, "heat": 0.2, "jaws": 0.5}}
ASKED = ["alien", "heat", "jaws"]


async def fetched(client: SonaClient) -> dict[str, float]:
    scores: dict[str, Score] = {}
    await client.fetch("ana", ASKED, scores.update)
    return {content_id: score.value for content_id, score in scores.items()}


@pytest.mark.parametrize("has_batch", [True, False])
@pytest.mark.parametrize("status", [500, 503, 429, 400, 302, 204])
async def test_a_status_that_is_not_200_is_a_failure(status: int, has_batch: bool) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(404 if request.url.path == SCORES_PATH and not has_batch else status)

    with pytest.raises(SonaUnavailable) as unavailable:
        await fetched(sona_over(answer))

    assert unavailable.value.reason == "sona_unavailable"


@pytest.mark.parametrize("status", [500, 503])
async def test_a_failing_engine_is_not_taken_for_one_without_batches(status: int) -> None:
    sona = FakeSona(LIKES, status=status)
    client = sona.client()
    with pytest.raises(SonaUnavailable):
        await fetched(client)
    sona.status = 200

    await fetched(client)

    assert [path for path, _ in sona.asked] == [SCORES_PATH] * 2


def failing(error: httpx.TransportError, cause: Exception | None = None) -> httpx.TransportError:
    """An error of the HTTP client, as httpx-aiohttp makes it from one of aiohttp's."""
    error.__cause__ = cause
    return error


DIED_IDLE = [
    failing(httpx.ConnectTimeout("gone"), aiohttp.ServerDisconnectedError()),
    failing(httpx.ConnectTimeout("gone"), aiohttp.ClientOSError(104, "reset by peer")),
    failing(httpx.ReadError("gone"), aiohttp.ClientOSError(32, "broken pipe")),
]
CONNECTION_KEY = ConnectionKey("sona.test", 80, False, True, None, None, None)
NOT_DIED_IDLE = [
    (failing(httpx.ConnectTimeout("no"), aiohttp.ClientConnectorError(CONNECTION_KEY, OSError())), "sona_unavailable"),
    (failing(httpx.ConnectError("refused")), "sona_unavailable"),
    (failing(httpx.ReadError("gone")), "sona_unavailable"),
    (failing(httpx.ReadTimeout("slow"), TimeoutError()), "timeout"),
    (failing(httpx.WriteTimeout("slow"), TimeoutError()), "timeout"),
    (failing(httpx.PoolTimeout("busy")), "timeout"),
]


def described(value: object) -> str:
    return (
        f"{type(value).__name__} from {type(value.__cause__).__name__}" if isinstance(value, Exception) else str(value)
    )


@pytest.mark.parametrize("died", DIED_IDLE, ids=described)
async def test_a_connection_that_died_idle_is_tried_once_more(died: Exception, counted: Counted) -> None:
    tries = 0

    def answer(_: httpx.Request) -> httpx.Response:
        nonlocal tries
        tries += 1
        if tries == 1:
            raise died
        return httpx.Response(200, json={"user_id": "ana", "scores": [{"content_id": "alien", "score": 0.9}]})

    assert await fetched(sona_over(answer)) == {"alien": 0.9}
    assert tries == 2
    assert counted()["SonaRetried"] == 1


@pytest.mark.parametrize(
    ("failure", "why"),
    [
        (failing(httpx.ReadTimeout("slow"), TimeoutError()), "timeout: ReadTimeout"),
        (failing(httpx.ConnectError("refused")), "sona_unavailable: ConnectError"),
        (DIED_IDLE[0], "sona_unavailable: ServerDisconnectedError"),
    ],
)
async def test_the_error_or_what_caused_it_is_named_for_the_log(failure: Exception, why: str) -> None:
    def answer(_: httpx.Request) -> httpx.Response:
        raise failure

    with pytest.raises(SonaUnavailable) as unavailable:
        await fetched(sona_over(answer))

    assert str(unavailable.value) == why


async def tries_until_given_up(failure: Exception, cause: str) -> int:
    seen = 0

    def answer(_: httpx.Request) -> httpx.Response:
        nonlocal seen
        seen += 1
        raise failure

    with pytest.raises(SonaUnavailable) as unavailable:
        await fetched(sona_over(answer))
    assert unavailable.value.reason == cause
    return seen


@pytest.mark.parametrize("died", DIED_IDLE, ids=described)
async def test_a_connection_that_dies_again_is_given_up(died: Exception) -> None:
    assert await tries_until_given_up(died, "sona_unavailable") == 2


@pytest.mark.parametrize(("failure", "cause"), NOT_DIED_IDLE, ids=described)
async def test_any_other_failure_is_given_up_at_once_with_its_cause(failure: Exception, cause: str) -> None:
    assert await tries_until_given_up(failure, cause) == 1


async def failing_for(client_of: Callable[[Any], SonaClient], content_id: str) -> dict[str, Score]:
    """What arrived although the request with one content failed."""

    def answer(request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content)
        ids = body.get("content_ids", [body.get("content_id")])
        if content_id in ids:
            return httpx.Response(500)
        found = [{"content_id": item, "score": 0.5} for item in ids]
        answered = {"scores": found} if "content_ids" in body else found[0]
        return httpx.Response(200, json={"user_id": "ana", **answered})

    received: dict[str, Score] = {}
    with pytest.raises(SonaUnavailable):
        await client_of(answer).fetch("ana", ASKED, received.update)
    return received


async def test_requests_under_way_when_one_fails_are_waited_for() -> None:
    async def answer(request: httpx.Request) -> httpx.Response:
        (content_id,) = json.loads(request.content)["content_ids"]
        if content_id == "alien":
            return httpx.Response(500)
        await asyncio.sleep(0.01)  # the failure is long there
        return httpx.Response(200, json={"user_id": "ana", "scores": [{"content_id": content_id, "score": 0.5}]})

    received: dict[str, Score] = {}
    with pytest.raises(SonaUnavailable):
        await sona_over(answer, batch_size=1).fetch("ana", ASKED, received.update)

    assert set(received) == {"heat", "jaws"}


async def test_what_the_other_batches_brought_is_kept_when_one_fails() -> None:
    assert set(await failing_for(lambda answer: sona_over(answer, batch_size=1), "heat")) == {"alien", "jaws"}


async def test_what_the_other_single_requests_brought_is_kept_when_one_fails() -> None:
    def without_batches(answer: Callable[[httpx.Request], httpx.Response]) -> SonaClient:
        return sona_over(lambda request: httpx.Response(404) if request.url.path == SCORES_PATH else answer(request))

    assert set(await failing_for(without_batches, "heat")) == {"alien", "jaws"}
