"""The token by which SONA knows us: when it is sent, and what happens where it is refused or unknown."""

import logging
from collections.abc import Sequence

import httpx
import pytest

from discovery.errors import PolicyUnavailable, SonaUnavailable
from discovery.observability import logger
from discovery.sona.client import SonaClient
from discovery.sona.contract import SCORES_PATH
from discovery.sona.token import SonaToken, checked, fixed_token
from tests.clock import StandingClock
from tests.conftest import Counted
from tests.fakes import FakeSecret, FakeSona, sona_over

LIKES = {"ana": {"alien": 0.9, "heat": 0.2}}
FIRST, SECOND = "first-token", "second-token"


class GuardedSona(FakeSona):
    """Takes one token, and notes what is sent."""

    def __init__(self, token: str = FIRST, *, has_batch: bool = True, status: int = 401) -> None:
        super().__init__(LIKES, has_batch=has_batch)
        self.token = token
        self.refusal = status
        self.sent: list[str | None] = []

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.sent.append(request.headers.get("authorization"))
        if self.sent[-1] != f"Bearer {self.token}":
            return httpx.Response(self.refusal)
        return await super().__call__(request)


async def tried(client: SonaClient, content_ids: Sequence[str] = ("alien", "heat")) -> str | None:
    """The reason why there are no scores, or None."""
    try:
        await client.fetch("ana", content_ids, lambda _: None)
    except SonaUnavailable as error:
        return error.reason
    return None


@pytest.mark.parametrize("has_batch", [True, False])
async def test_every_request_has_it(has_batch: bool) -> None:
    sona = GuardedSona(has_batch=has_batch)

    assert await tried(sona_over(sona, token=fixed_token(FIRST))) is None
    assert set(sona.sent) == {f"Bearer {FIRST}"}
    assert len(sona.sent) == (1 if has_batch else 3)


async def test_without_one_no_header_is_sent() -> None:
    sona = GuardedSona()

    await tried(sona_over(sona, token=fixed_token("")))
    await tried(sona_over(sona))

    assert sona.sent == [None, None]


@pytest.mark.parametrize("status", [401, 403])
async def test_a_refusal_has_a_reason_of_its_own_and_is_logged_once(
    status: int, counted: Counted, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger.name)
    sona = GuardedSona(SECOND, status=status)
    client = sona_over(sona, token=fixed_token(FIRST))

    reasons = [await tried(client) for _ in range(3)]

    assert reasons == ["sona_refused"] * 3
    assert counted()["SonaRefused"] == 3
    (record,) = caplog.records
    assert (record.getMessage(), vars(record)["status"]) == ("SONA refuses us", status)
    assert FIRST not in str([vars(record) for record in caplog.records])


async def test_it_is_logged_again_after_sona_took_one(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.ERROR, logger.name)
    sona = GuardedSona(SECOND)
    client = sona_over(sona, token=fixed_token(FIRST))
    for sona.token in (SECOND, FIRST, SECOND):
        await tried(client)

    assert len(caplog.records) == 2


async def test_a_token_that_was_replaced_is_read_again_and_the_next_search_has_it() -> None:
    sona, store, clock = GuardedSona(), FakeSecret(FIRST), StandingClock()
    token = SonaToken(store, wall_clock=clock)
    token.prefetch()
    token.wait()
    client = sona_over(sona, token=token)
    assert await tried(client) is None
    sona.token = store.value = SECOND
    clock.now = 10.0

    assert await tried(client) == "sona_refused"
    token.wait()
    assert await tried(client) is None
    assert store.reads == 2


async def test_while_sona_refuses_it_is_read_again_every_ten_seconds() -> None:
    sona, store, clock = GuardedSona("neither"), FakeSecret(FIRST), StandingClock()
    token = SonaToken(store, wall_clock=clock)
    token.prefetch()
    token.wait()
    client = sona_over(sona, token=token, failures=1_000)
    for clock.now in map(float, range(1, 30)):
        await tried(client)
        token.wait()

    assert store.reads == 3


async def test_as_long_as_it_can_not_be_read_sona_is_not_asked(counted: Counted) -> None:
    sona = GuardedSona()
    token = SonaToken(FakeSecret(None))

    assert await tried(sona_over(sona, token=token)) == "sona_refused"
    token.wait()
    assert sona.sent == []
    assert counted()["SonaTokenUnavailable"] == 1


async def test_a_token_that_is_not_known_yet_is_no_failure_of_sona(counted: Counted) -> None:
    sona, store, clock = GuardedSona(), FakeSecret(None), StandingClock()
    token = SonaToken(store, wall_clock=clock)
    client = sona_over(sona, token=token)
    reasons = {await tried(client) for _ in range(10)}
    token.wait()
    store.value, clock.now = FIRST, 10.0
    await tried(client)
    token.wait()

    assert reasons == {"sona_refused"}
    assert await tried(client, ["alien"]) is None
    assert "SonaCircuitOpen" not in counted()


def test_white_space_around_a_secret_is_no_part_of_it() -> None:
    assert checked(f" {FIRST}\n") == FIRST


@pytest.mark.parametrize("secret", ["", "two words", "line\nbreak", '{"token": "s3cret"}', "s3crét"])
def test_a_secret_that_is_no_bearer_token_is_refused_without_showing_it(secret: str) -> None:
    with pytest.raises(PolicyUnavailable, match="no bearer token") as refused:
        checked(secret)

    assert "s3cr" not in str(refused.value)


async def test_a_refusal_is_not_taken_for_an_engine_without_batches() -> None:
    sona = GuardedSona(SECOND)
    client = sona_over(sona, token=fixed_token(FIRST))
    await tried(client)
    sona.token = FIRST
    await tried(client)

    assert [path for path, _ in sona.asked] == [SCORES_PATH]
