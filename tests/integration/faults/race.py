"""Searches against profile updates and invalidations, with a pause before and after everything that is awaited.

A score tells the version of the profile that it was made of, so each one used can be judged: a search that started
after the invalidation of a version had returned must use no score of an older one.
"""

import asyncio
import json
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import httpx
import numpy as np

from discovery.api.auth import Caller
from discovery.personalization.blending import Candidates
from discovery.personalization.invalidation import Invalidator
from discovery.personalization.personalizer import Personalizer
from discovery.personalization.score_cache import CacheRead, ScoreCache
from discovery.policy.refresh import PolicyRefresh
from discovery.resilience.breaker import CircuitBreaker
from discovery.sona.client import Received, SonaClient
from discovery.sona.contract import Score
from discovery.sona.http import JsonPoster

CANDIDATES = Candidates([f"film-{number}" for number in range(5)], 1 - np.arange(5) / 10)
LONGEST_PAUSE = 0.002
_SCALE = 2.0**-20
"""One version's step in a score: exact in binary, so that the version can be read back."""
_NEVER = 1_000_000


class Pauses:
    """Random pauses of 0 to 2 ms, the same sequence for the same seed."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)  # noqa: S311 - a schedule, not a secret

    async def __call__(self) -> None:
        """Wait."""
        await asyncio.sleep(self._chance.random() * LONGEST_PAUSE)

    def one_of[T](self, choices: Sequence[T]) -> T:
        """One of them, by chance."""
        return self._chance.choice(choices)


class PausingCache(ScoreCache):
    """Another cache, with pauses around its calls."""

    def __init__(self, cache: ScoreCache, pause: Pauses) -> None:
        self._cache = cache
        self._pause = pause

    @property
    def lost_lately(self) -> bool:
        """Whether the cache failed lately."""
        return self._cache.lost_lately

    async def read(
        self, user: str, generation: int, content_ids: Sequence[str], *, last_policy: bool = False
    ) -> CacheRead:
        """Read, with a pause on either side."""
        await self._pause()
        found = await self._cache.read(user, generation, content_ids, last_policy=last_policy)
        await self._pause()
        return found

    async def write_back(self, user: str, generation: int, version: bytes, scores: Mapping[str, Score]) -> bool:
        """Write, with a pause on either side."""
        await self._pause()
        stored = await self._cache.write_back(user, generation, version, scores)
        await self._pause()
        return stored

    async def aclose(self) -> None:
        """Close the cache."""
        await self._cache.aclose()


class PausingSona(SonaClient):
    """The real client, with pauses around a fetch, in a SONA that pauses before and after it looks at the profile.

    It asks for two contents at a time, so that scores of one search may be of different versions.
    """

    def __init__(self, versions: Mapping[str, int], pause: Pauses) -> None:
        async def answer(request: httpx.Request) -> httpx.Response:
            asked = json.loads(request.content)
            await pause()
            score = versions[asked["user_id"]] * _SCALE
            scores = [{"content_id": content_id, "score": score} for content_id in asked["content_ids"]]
            await pause()
            return httpx.Response(200, json={"user_id": asked["user_id"], "scores": scores})

        http = JsonPoster(httpx.MockTransport(answer), "http://sona.test", timeout_sec=_NEVER)
        breaker = CircuitBreaker("Sona", failures=_NEVER, open_sec=1)
        super().__init__(http, breaker, batch_size=2, no_batch_retry_sec=1, slow_after_sec=_NEVER)
        self._pause = pause

    async def fetch(
        self, user_id: str, content_ids: Sequence[str], received: Received, *, bounded: bool = False
    ) -> None:
        """Fetch, after a pause."""
        await self._pause()
        await super().fetch(user_id, content_ids, received, bounded=bounded)
        await self._pause()


@dataclass
class Race:
    """The runners share the users; a personalizer stands for an environment."""

    environments: Sequence[Personalizer]
    invalidator: Invalidator
    refresh: PolicyRefresh
    versions: Counter[str]
    """What SONA knows: user → version of the profile."""
    pause: Pauses
    users: Sequence[str] = ("ana", "ben", "chloe", "dan")
    invalidated: Counter[str] = field(default_factory=Counter)
    """User → the version whose invalidation has returned."""
    searches: int = 0
    invalidations: int = 0
    cached: int = 0
    live: int = 0
    stale: int = 0

    async def run(self, searches: int, *, searchers: int = 24, updaters: int = 2, flush_every: int = 25) -> None:
        """Search this often, from several searchers at once, while updaters update and invalidate."""
        over = asyncio.Event()
        background = [asyncio.create_task(self._update(over, flush_every)) for _ in range(updaters)]
        await asyncio.gather(*(self._search(searches) for _ in range(searchers)))
        over.set()
        await asyncio.gather(*background)

    async def _search(self, searches: int) -> None:
        while self.searches < searches:
            self.searches += 1
            user = self.pause.one_of(self.users)
            at_least = self.invalidated[user]
            found = await self.pause.one_of(self.environments).personalize(Caller(user), None, CANDIDATES)
            self.cached += len(found.gathered.cached)
            self.live += len(found.gathered.live)
            self.stale += sum(round(score.value / _SCALE) < at_least for score in found.gathered.scores.values())

    async def _update(self, over: asyncio.Event, flush_every: int) -> None:
        """Raise a user's version, as a viewing does, and then invalidate, as the event does."""
        while not over.is_set():
            for _ in range(4):  # seldom enough the cache is of use in between
                await self.pause()
            user = self.pause.one_of(self.users)
            self.versions[user] += 1
            version = self.versions[user]
            await self.pause()
            self.invalidations += 1
            if self.invalidations % flush_every:
                await asyncio.to_thread(self.invalidator.invalidate_user, user)
            else:
                await asyncio.to_thread(self.invalidator.invalidate_all)
                await asyncio.to_thread(self.refresh.run)
            self.invalidated[user] = max(self.invalidated[user], version)
