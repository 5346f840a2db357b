"""Fakes of what Discovery reaches over a network; each can be slow, fail, or answer nonsense on demand."""

import asyncio
import json
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import httpx
import redis

from discovery.errors import CacheUnavailable, PolicyUnavailable
from discovery.personalization.opt_outs import OptOuts
from discovery.personalization.score_cache import CacheRead, ScoreCache
from discovery.policy.parameters import PolicyParameters
from discovery.policy.policy import Parameter
from discovery.policy.snapshot import SnapshotStore
from discovery.reason import Reason
from discovery.resilience.breaker import CircuitBreaker
from discovery.sona.client import SonaClient
from discovery.sona.contract import SCORE_PATH, SCORES_PATH, Score
from discovery.sona.http import JsonPoster
from discovery.sona.token import SonaToken

FOR_EVER = 3600.0
"""Seconds; no test lasts that long."""

PREFIX = "/discovery/test/personalization/"

EXPLAINED = {"because_you_liked": [{"content_id": "heat", "title": "Heat"}], "reason": "because you liked Heat"}
"""What an engine that can explain adds to a score."""

Likes = Mapping[str, Mapping[str, float]]
"""User id → content id → score."""


class FakeScoreCache(ScoreCache):
    """Scores in memory, under the cache's contract."""

    def __init__(self, *, policy: bytes | None = None) -> None:
        self.policy = policy
        self.last_policy: bytes | None = None
        self.versions: dict[str, bytes] = {}
        self.scores: dict[tuple[str, int], dict[str, Score]] = {}
        self.opted_out: dict[str, float] = {}
        """When the token was issued that said so, by user."""
        self.reads = 0
        self.read_fails = self.write_fails = False
        self.failure = Reason.CACHE_UNAVAILABLE
        self.lost = False
        self.read_delay = self.write_delay = 0.0
        self.before_write: Callable[[], None] = lambda: None

    @property
    def lost_lately(self) -> bool:
        return self.lost

    async def aclose(self) -> None:
        """Nothing is open."""

    async def read(
        self, user: str, generation: int, content_ids: Sequence[str], *, last_policy: bool = False
    ) -> CacheRead:
        self.reads += 1
        await asyncio.sleep(self.read_delay)
        if self.read_fails:
            self.lost = True
            raise CacheUnavailable("ConnectionError", self.failure)
        kept = self.scores.get((user, generation), {})
        found = {content_id: kept[content_id] for content_id in content_ids if content_id in kept}
        last = self.last_policy if last_policy else None
        return CacheRead(self.policy, self.versions.get(user, b""), found, last, self.opted_out.get(user))

    async def write_back(self, user: str, generation: int, version: bytes, scores: Mapping[str, Score]) -> bool:
        await asyncio.sleep(self.write_delay)
        self.before_write()
        if self.write_fails:
            self.lost = True
            raise CacheUnavailable("TimeoutError")
        if self.versions.get(user, b"") != version:
            return False
        self.scores.setdefault((user, generation), {}).update(scores)
        return True


class FakeOptOuts(OptOuts):
    """Marks who opted out in a cache's memory."""

    def __init__(self, cache: ScoreCache) -> None:
        self._opted_out = cache.opted_out if isinstance(cache, FakeScoreCache) else {}

    async def remember(self, user: str, issued_at: float) -> None:
        self._opted_out[user] = max(issued_at, self._opted_out.get(user, 0.0))

    async def forget(self, user: str, issued_at: float) -> None:
        if self._opted_out.get(user, issued_at) < issued_at:
            del self._opted_out[user]


@dataclass
class FakeSona:
    """SONA's HTTP contract, answered from a table of likes."""

    likes: Likes = field(default_factory=dict)
    has_batch: bool = True
    explains: bool = True
    status: int = 200
    broken: bool = False
    """Whether it refuses connections."""
    delay: float = 0.0
    slow: frozenset[str] = frozenset()
    """Contents whose single requests never end."""
    asked: list[tuple[str, Any]] = field(default_factory=list)
    """Paths and bodies, as they came."""

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content)
        self.asked.append((request.url.path, body))
        await asyncio.sleep(self.delay)
        if self.broken:
            raise httpx.ConnectError("refused", request=request)
        if self.status != httpx.codes.OK:
            return httpx.Response(self.status)
        likes = self.likes.get(body["user_id"], {})
        if request.url.path == SCORES_PATH and self.has_batch:
            explained = EXPLAINED if body.get("explain") and self.explains else {}
            scores = [_answer(item, likes[item]) | explained for item in body["content_ids"] if item in likes]
            return httpx.Response(200, json={"user_id": body["user_id"], "scores": scores})
        if request.url.path == SCORE_PATH and body["content_id"] in likes:
            await asyncio.sleep(FOR_EVER if body["content_id"] in self.slow else 0)
            answer = _answer(body["content_id"], likes[body["content_id"]])
            return httpx.Response(200, json={"user_id": body["user_id"], **answer})
        return httpx.Response(404)

    def client(self) -> SonaClient:
        return sona_over(self)


def _answer(content_id: str, score: float) -> dict[str, Any]:
    return {"content_id": content_id, "score": score, "components": {"collaborative": score}}


def sona_over(
    answer: Callable[[httpx.Request], Any],
    *,
    token: SonaToken | None = None,
    batch_size: int = 500,
    failures: int = 5,
    clock: Callable[[], float] = lambda: 0.0,
) -> SonaClient:
    """The real client over a function that answers its requests."""
    http = JsonPoster(httpx.MockTransport(answer), "http://sona.test", timeout_sec=5, token=token)
    breaker = CircuitBreaker("Sona", failures=failures, open_sec=5, clock=clock)
    return SonaClient(http, breaker, batch_size=batch_size, no_batch_retry_sec=600, slow_after_sec=0.025, clock=clock)


def parameters(values: Mapping[str, str]) -> dict[str, Parameter]:
    """Parameters as Parameter Store gives them, each set once, at 0 o'clock in 1970."""
    return {name: Parameter(value, 1) for name, value in values.items()}


class FakeParameters(PolicyParameters):
    """Parameter Store in memory; `gate` holds a reading up until it is set."""

    def __init__(self, values: Mapping[str, str] | None = None) -> None:
        self.values = dict(values or {})
        self.prefix = PREFIX
        self.fails = False
        self.gate: threading.Event | None = None
        self.reads = 0

    def read(self) -> dict[str, Parameter]:
        self.reads += 1
        if self.gate is not None:
            self.gate.wait(10)
        if self.fails:
            raise PolicyUnavailable("no answer")
        return parameters(self.values)

    def write(self, name: str, value: str) -> None:
        if self.fails:
            raise PolicyUnavailable("no answer")
        self.values[name] = value


class FakeStore(SnapshotStore):
    """Keeps the snapshots it is given."""

    def __init__(self) -> None:
        self.stored: list[tuple[dict[str, str], float]] = []
        self.lives: list[float] = []
        """Seconds, one for each of `stored`."""
        self.kept: list[tuple[dict[str, str], float]] = []
        """The last good policies, as they were kept."""
        self.fails = False
        self.claimed = False
        """Whether another environment reads."""

    def claim_reading(self, seconds: float) -> bool:
        assert seconds > 0
        if self.fails:
            raise CacheUnavailable("ConnectionError")
        return not self.claimed

    def parameters(self) -> dict[str, Parameter]:
        if self.fails:
            raise CacheUnavailable("ConnectionError")
        return parameters(self.stored[-1][0]) if self.stored else {}

    def keep(self, parameters: Mapping[str, Parameter], read_at: float) -> None:
        if self.fails:
            raise CacheUnavailable("ConnectionError")
        self.kept.append(({name: parameter.value for name, parameter in parameters.items()}, read_at))

    def store(self, parameters: Mapping[str, Parameter], read_at: float, life_sec: float) -> bool:
        if self.fails:
            raise CacheUnavailable("ConnectionError")
        if self.stored and self.stored[-1][1] > read_at:
            return False
        self.lives.append(life_sec)
        self.stored.append(({name: parameter.value for name, parameter in parameters.items()}, read_at))
        return True


class FakeValkey:
    """The few commands of Valkey that an invalidation sends."""

    def __init__(self) -> None:
        self.values: dict[str, set[str]] = {}
        self.lives: dict[str, int] = {}
        self.deleted: list[str] = []
        self.fails = False

    @property
    def client(self) -> redis.Redis:
        return cast(redis.Redis, self)

    def set(self, key: str, value: str, *, ex: int) -> None:
        if self.fails:
            raise redis.ConnectionError("refused")
        self.values.setdefault(key, set()).add(value)
        self.lives[key] = ex

    def delete(self, *keys: str) -> None:
        if self.fails:
            raise redis.ConnectionError("refused")
        self.deleted.extend(keys)

    @property
    def versions(self) -> dict[str, int]:
        """How many versions each key has had."""
        return {key: len(values) for key, values in self.values.items()}


class FakeSecret:
    """Gives a secret when it is read, or fails where there is none."""

    def __init__(self, value: str | None) -> None:
        self.value = value
        self.reads = 0
        self.gate: threading.Event | None = None
        """Readings wait for it."""

    def __call__(self) -> str:
        self.reads += 1
        if self.gate is not None:
            self.gate.wait(10)
        if self.value is None:
            raise PolicyUnavailable("no answer")
        return self.value
