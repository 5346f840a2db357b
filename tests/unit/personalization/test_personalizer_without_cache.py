"""Personalizing while the cache is lost: SONA is asked for everything, as far as it can answer."""

from collections.abc import Sequence

import pytest

from discovery.errors import CacheUnavailable
from discovery.personalization.score_cache import ScoreCache
from discovery.reason import Reason
from discovery.sona.contract import Score
from discovery.valkey.client import AsyncValkey
from tests.conftest import Counted
from tests.fakes import FakeSona
from tests.unit.personalization.personalizing import LIKES, Rig, said

TTL_SEC = 300


async def test_a_cache_that_is_left_alone_is_a_reason_of_its_own() -> None:
    rig = Rig()
    rig.cache.read_fails, rig.cache.failure = True, Reason.CACHE_CIRCUIT_OPEN
    rig.parameters.values = {"variants/high_boost": "0.4"}

    assert said(await rig.personalize()) == ("applied", "cache_circuit_open")


async def personalized(rig: Rig, searches: int) -> list[str | None]:
    """Reasons of so many searches with one SONA client."""
    sona = rig.sona.client()
    return [said(await rig.personalize(sona=sona))[1] for _ in range(searches)]


async def test_without_a_cache_an_engine_in_trouble_is_asked_by_ever_fewer_searches(counted: Counted) -> None:
    rig = Rig(FakeSona(LIKES, status=503))
    rig.cache.lost = True

    reasons = await personalized(rig, 9)

    assert set(reasons) == {"sona_unavailable", "sona_limited"}
    assert reasons.count("sona_limited") == counted()["SonaLimited"] >= 5
    assert len(rig.sona.asked) == reasons.count("sona_unavailable") == 4


async def test_with_a_cache_every_search_asks_until_the_circuit_opens() -> None:
    rig = Rig(FakeSona(LIKES, status=503))

    assert await personalized(rig, 6) == ["sona_unavailable"] * 5 + ["circuit_open"]


class Valkey(AsyncValkey):
    """Answers nothing, or not at all."""

    def __init__(self) -> None:
        self.down = False

    async def ask(self, *commands: object) -> list[object]:
        if self.down:
            raise CacheUnavailable("TimeoutError")
        return [[b"", b""], *[None for _ in commands[1:]]]


@pytest.mark.parametrize(
    ("seconds_later", "lost"), [((), False), ((0.0,), True), ((TTL_SEC - 1.0,), True), ((float(TTL_SEC),), False)]
)
async def test_a_cache_counts_as_lost_until_the_scores_of_then_have_ended(
    seconds_later: Sequence[float], lost: bool
) -> None:
    now = 1000.0
    valkey = Valkey()
    cache = ScoreCache(valkey, ttl_sec=TTL_SEC, max_scores=10, clock=lambda: now)
    for later in seconds_later:
        valkey.down = True
        with pytest.raises(CacheUnavailable):
            await cache.read("user", 0, ["alien"])
        valkey.down = False
        now += later
        await cache.read("user", 0, ["alien"])

    assert cache.lost_lately is lost


async def test_a_cache_that_takes_no_scores_counts_as_lost_too() -> None:
    valkey = Valkey()
    cache = ScoreCache(valkey, ttl_sec=TTL_SEC, max_scores=10, clock=lambda: 1000.0)
    await cache.read("user", 0, ["alien"])
    valkey.down = True

    with pytest.raises(CacheUnavailable):
        await cache.write_back("user", 0, b"", {"alien": Score(0.5, 1.0)})

    assert cache.lost_lately
