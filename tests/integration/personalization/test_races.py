"""Searches, profile updates and invalidations at once on a real Valkey."""

import asyncio
import random
from dataclasses import dataclass, field

from discovery.personalization.connections import async_valkey, plain_valkey
from discovery.personalization.invalidation import Invalidator
from discovery.personalization.policy import Policy
from discovery.personalization.scores import Score, ScoreCache, user_hash
from discovery.personalization.snapshot import SnapshotStore
from discovery.settings import CacheSettings
from tests.fakes import FakeParameters

KEY = b"key"
ANA = user_hash("ana", KEY)
UPDATES, SEARCHERS = 60, 8
LONGEST_PAUSE = 0.005


@dataclass
class Race:
    """SONA's profile is a version here, and a score tells the version that it was made of."""

    cache: ScoreCache
    invalidator: Invalidator
    profile: int = 0
    invalidated: int = 0
    """The version whose invalidation has returned."""
    served: int = 0
    stale: int = 0
    over: bool = False
    _chance: random.Random = field(default_factory=lambda: random.Random(7))  # noqa: S311 - a schedule, not a secret

    async def pause(self) -> None:
        await asyncio.sleep(self._chance.random() * LONGEST_PAUSE)

    async def search(self) -> None:
        at_least = self.invalidated
        read = await self.cache.read(ANA, 0, ["alien"])
        if "alien" in read.scores:
            self.served += 1
            self.stale += round(read.scores["alien"].value * UPDATES) < at_least
            return
        await self.pause()
        said = self.profile
        await self.pause()
        await self.cache.write_back(ANA, 0, read.epoch, {"alien": Score(said / UPDATES, 1_700_000_000.0)})

    async def searches(self) -> None:
        while not self.over:
            await self.search()
            await self.pause()

    async def updates(self) -> None:
        for version in range(1, UPDATES + 1):
            await self.pause()
            self.profile = version
            await asyncio.to_thread(self.invalidator.invalidate_user, "ana")
            self.invalidated = version
        self.over = True


async def test_no_score_from_before_an_invalidation_is_served_after_it(valkey_url: str) -> None:
    settings = CacheSettings(url=valkey_url, timeout_ms=5_000)
    client, plain = async_valkey(settings), plain_valkey(settings)
    invalidator = Invalidator(
        plain, FakeParameters(), SnapshotStore(plain, 60), Policy(boost_weight=0.25), user_key=KEY
    )
    race = Race(ScoreCache(client, ttl_sec=300, max_scores=100), invalidator)

    await asyncio.gather(race.updates(), *(race.searches() for _ in range(SEARCHERS)))
    await client.aclose()
    plain.close()

    assert race.stale == 0
    assert race.served > 0
