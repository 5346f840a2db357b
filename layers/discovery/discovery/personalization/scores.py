"""SONA's scores in Valkey: one hash per user and cache generation, thrown away as a whole.

A hash lives `cache_ttl_sec` from its first field, and its life is never extended, so no score is ever older than that.
The empty field holds the user's epoch at the time of writing. An invalidation only raises the epoch; from then on the
hash is of another epoch and each of its scores a miss, whatever generation its reader or writer believes in.
"""

import hashlib
import hmac
import struct
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from redis.asyncio import Redis
from redis.exceptions import RedisError

from discovery.errors import CacheUnavailable
from discovery.personalization.snapshot import POLICY_KEY

COMPONENTS = ("collaborative", "content_based", "graph_based", "context", "lora_boost")
EPOCH_FIELD = ""
"""No content id is empty."""
EPOCH_TTL_SECONDS = 86_400
"""Far longer than any hash of scores lives, so that a forgotten epoch can't be taken for an older one."""

_FORMAT = 1
_VALUE = struct.Struct("<B7d")
"""Format number, score, Unix seconds at which SONA answered, five components (NaN where it gave none)."""

_WRITE_BACK = """
local epoch = redis.call('GET', KEYS[1]) or ''
if epoch ~= ARGV[1] then return 0 end
local stored = redis.call('HGET', KEYS[2], '')
if stored ~= epoch or redis.call('HLEN', KEYS[2]) + (#ARGV - 3) / 2 > tonumber(ARGV[3]) + 1 then
  redis.call('DEL', KEYS[2])
  redis.call('HSET', KEYS[2], '', epoch)
  redis.call('EXPIRE', KEYS[2], ARGV[2])
end
redis.call('HSET', KEYS[2], unpack(ARGV, 4))
return 1
"""
"""Compare-and-set: a fetch that began before an invalidation never refills the cache after it."""


@dataclass(frozen=True)
class Score:
    """How much a user likes an item, in [0, 1], and when SONA said so (Unix seconds)."""

    value: float
    fetched_at: float
    components: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class CacheRead:
    """What one round trip brought."""

    policy: bytes | None
    """The policy's snapshot, or None where there is none."""
    epoch: bytes
    """The user's epoch, to be handed back at the write-back; empty where none was set."""
    scores: Mapping[str, Score]


def user_hash(user_id: str, key: bytes) -> str:
    """What stands for a user in keys, logs and metrics: HMAC-SHA-256 of the id, the first 128 bits in hexadecimal."""
    return hmac.new(key, user_id.encode(), hashlib.sha256).hexdigest()[:32]


def epoch_key(user: str) -> str:
    """Key of a user's epoch; the braces keep all of a user's keys in one cluster slot."""
    return f"epoch:{{{user}}}"


def scores_key(user: str, generation: int) -> str:
    """Key of a user's scores in a cache generation."""
    return f"scores:{{{user}}}:{generation}"


class ScoreCache:
    """Cached scores and, in the same round trip, the policy's snapshot."""

    def __init__(self, client: "Redis", *, ttl_sec: int, max_scores: int) -> None:
        self._client = client
        self._ttl_sec = ttl_sec
        self._max_scores = max_scores
        self._write_back = client.register_script(_WRITE_BACK)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def read(self, user: str, generation: int, content_ids: Sequence[str]) -> CacheRead:
        """Read the policy's snapshot, the user's epoch and the scores of these contents in one round trip.

        Raises:
            CacheUnavailable: no answer in time, or an error.
        """
        fields = [EPOCH_FIELD, *content_ids]
        try:
            async with self._client.pipeline(transaction=False) as pipeline:
                pipeline.get(POLICY_KEY)
                pipeline.get(epoch_key(user))
                pipeline.hmget(scores_key(user, generation), fields)
                # A value of the wrong type under one key is a miss of that key, not an error of the other two.
                policy, epoch, values = await pipeline.execute(raise_on_error=False)
        except (RedisError, OSError) as error:
            raise CacheUnavailable(type(error).__name__) from error
        epoch = epoch if isinstance(epoch, bytes) else b""
        usable = isinstance(values, list) and values[0] == epoch
        return CacheRead(
            policy=policy if isinstance(policy, bytes) else None,
            epoch=epoch,
            scores=_decode(content_ids, values[1:]) if usable else {},
        )

    async def write_back(self, user: str, generation: int, epoch: bytes, scores: Mapping[str, Score]) -> bool:
        """Store scores, unless the user was invalidated since `epoch` was read; whether they were stored.

        Raises:
            CacheUnavailable: no answer in time, or an error.
        """
        pairs: list[str | bytes] = []
        for content_id, score in scores.items():
            pairs += (content_id, _encode(score))
        keys = [epoch_key(user), scores_key(user, generation)]
        try:
            stored = await self._write_back(keys=keys, args=[epoch, self._ttl_sec, self._max_scores, *pairs])
        except (RedisError, OSError) as error:
            raise CacheUnavailable(type(error).__name__) from error
        return bool(stored)


def _encode(score: Score) -> bytes:
    components = (score.components.get(name, float("nan")) for name in COMPONENTS)
    return _VALUE.pack(_FORMAT, score.value, score.fetched_at, *components)


def _decode(content_ids: Sequence[str], values: Sequence[bytes | None]) -> dict[str, Score]:
    """The scores among the values; what this format does not explain is a miss."""
    scores = {}
    for content_id, value in zip(content_ids, values, strict=True):
        if value is None or len(value) != _VALUE.size:
            continue
        form, score, fetched_at, *components = _VALUE.unpack(value)
        if form == _FORMAT and 0 <= score <= 1 and 0 < fetched_at < time.time() + EPOCH_TTL_SECONDS:
            named = {name: part for name, part in zip(COMPONENTS, components, strict=True) if part == part}  # noqa: PLR0124 - NaN
            scores[content_id] = Score(score, fetched_at, named)
    return scores
