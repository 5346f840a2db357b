"""SONA's scores in Valkey: one hash per user and cache generation, thrown away as a whole.

A hash lives `cache_ttl_sec` from its first field, and its life is never extended, so no score is ever older than that.
A user's scores have a version, kept under a key of its own, and the hash's empty field holds the version it was written
in. An invalidation only sets another version; from then on the hash is of an old one and each of its scores a miss,
whatever generation its reader or writer believes in. Versions are random, and a hash without one is a miss: a version
that Valkey loses (an eviction, a failover) can't come back as new.

Both directions are a script each, whose ids are one argument and whose values are one string of records of equal
length: over a hundred arguments or answers redis-py takes ten times as long as Valkey takes for the whole command.
"""

import contextlib
import math
import secrets
import struct
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from discovery.errors import CacheUnavailable
from discovery.observability import metrics
from discovery.personalization.opt_outs import opt_out_key, opted_out_at
from discovery.policy.snapshot import LAST_POLICY_KEY, POLICY_KEY
from discovery.sona.contract import COMPONENTS, Score
from discovery.valkey.client import AsyncValkey

VERSION_TTL_SECONDS = 86_400
"""Far longer than any hash of scores lives: a hash is of no use once its version has ended."""

_FORMAT = 2
_RECORD = struct.Struct(f"<B2d{len(COMPONENTS)}f")
"""Format number, score, Unix seconds at which SONA answered, components (NaN where it gave none)."""
_DECIMALS = 6
"""Of a component: what four bytes hold."""
_SEPARATOR = "\n"
"""No content id holds white space, and none is empty."""

_READ = """#!lua flags=no-writes
local version = redis.call('GET', KEYS[1]) or ''
if ARGV[1] == '' or version == '' or redis.call('HGET', KEYS[2], '') ~= version then return {version, ''} end
local ids = {}
for id in string.gmatch(ARGV[1], '[^\\n]+') do ids[#ids + 1] = id end
local size = tonumber(ARGV[2])
local records = redis.call('HMGET', KEYS[2], unpack(ids))
for i = 1, #ids do
  if not records[i] or #records[i] ~= size then records[i] = string.rep('\\0', size) end
end
return {version, table.concat(records)}
"""
"""The version, and one record for each id, of zeros where there is none; nothing where the hash is of another version.

The first line lets it run on a replica and when memory is full."""

_WRITE_BACK = """#!lua
local version = redis.call('GET', KEYS[1]) or ''
if version ~= ARGV[1] and not (ARGV[1] == '' and string.sub(version, 1, 1) == 'w') then return 0 end
if version == '' then
  version = ARGV[7]
  redis.call('SET', KEYS[1], version, 'EX', ARGV[8])
end
local fields, size = {}, tonumber(ARGV[5])
for id in string.gmatch(ARGV[4], '[^\\n]+') do
  local from = #fields / 2 * size
  fields[#fields + 1] = id
  fields[#fields + 1] = string.sub(ARGV[6], from + 1, from + size)
end
local stored = redis.call('HGET', KEYS[2], '')
if stored ~= version or redis.call('HLEN', KEYS[2]) + #fields / 2 > tonumber(ARGV[3]) + 1 then
  redis.call('DEL', KEYS[2])
  redis.call('HSET', KEYS[2], '', version)
  redis.call('EXPIRE', KEYS[2], ARGV[2])
end
redis.call('HSET', KEYS[2], unpack(fields))
return 1
"""
"""Compare-and-set: a fetch that began before an invalidation never refills the cache after it.

The first line has it refused as a whole when memory is full, rather than in the middle.

Where there is no version, the first writer sets one that begins with w. Other writers that had found no version either
may add to its hash. A version set by an invalidation begins with i, and they may not.
"""


class _Components(Mapping[str, float]):
    """The components in a record, by name; read only when somebody asks why."""

    __slots__ = ("_parts",)

    def __init__(self, parts: Sequence[float]) -> None:
        self._parts = parts

    def __getitem__(self, name: str) -> float:
        if name in COMPONENTS and 0 <= (part := self._parts[COMPONENTS.index(name)]) <= 1:  # NaN is not
            return round(part, _DECIMALS)
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return (name for name, part in zip(COMPONENTS, self._parts, strict=True) if 0 <= part <= 1)

    def __len__(self) -> int:
        return sum(1 for _ in self)


@dataclass(frozen=True)
class CacheRead:
    """What one round trip brought."""

    policy: bytes | None
    """The policy's snapshot, or None where there is none."""
    version: bytes
    """Of the user's scores, to be handed back at the write-back; empty where there is none."""
    scores: Mapping[str, Score]
    last_policy: bytes | None = None
    """The snapshot that never ends; None where there is none, or it was not asked for."""
    opted_out_at: float | None = None
    """When the token was issued by which the user opted out (Unix seconds); None where there is no such mark."""


def new_version(maker: Literal["w", "i"]) -> str:
    """A version that there has never been, made by a writer or an invalidation."""
    return maker + secrets.token_hex(8)


def version_key(user: str) -> str:
    """Key of the version of a user's scores; the braces keep all of a user's keys in one cluster slot."""
    # Called epoch here alone: releases share the cache while one replaces another, and may access only `epoch:*`.
    return f"epoch:{{{user}}}"


def scores_key(user: str, generation: int) -> str:
    """Key of a user's scores in a cache generation."""
    return f"scores:{{{user}}}:{generation}"


class ScoreCache:
    """Cached scores and, in the same round trip, the policy's snapshot."""

    def __init__(
        self, client: AsyncValkey, *, ttl_sec: int, max_scores: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._client = client
        self._clock = clock
        self._lost_at = -math.inf
        self._ttl_sec = ttl_sec
        self._max_scores = max_scores
        self._write_script = _WRITE_BACK

    @property
    def lost_lately(self) -> bool:
        """Whether the cache failed within the life of a score; until that has passed, it may be filling up again."""
        return self._clock() - self._lost_at < self._ttl_sec

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def read(
        self, user: str, generation: int, content_ids: Sequence[str], *, last_policy: bool = False
    ) -> CacheRead:
        """Read the policy's snapshot, a user's opt-out, the version of their scores, and these scores: one round trip.

        `last_policy`: whether the snapshot that never ends is wanted too.

        Raises:
            CacheUnavailable: no answer in time, or an error.
        """
        keys = version_key(user), scores_key(user, generation)
        scores = ("EVAL", _READ, len(keys), *keys, _SEPARATOR.join(content_ids), _RECORD.size)
        snapshots = [("GET", key) for key in (POLICY_KEY, LAST_POLICY_KEY)[: 1 + last_policy]]
        opt_out = ("GET", opt_out_key(user))
        with self._noting_loss():
            answers = await self._client.ask(scores, opt_out, *snapshots)
        read, opted_out, policy, last = [*answers, None][:4]
        # A value of the wrong type under one key is a miss of that key, not an error of the others.
        if foreign := sum(isinstance(answer, Exception) for answer in (opted_out, policy, last, read)):
            metrics.count("CacheValuesInvalid", foreign)
        version, records = read if isinstance(read, list) else (b"", b"")
        decoded = _decode(content_ids, records)
        return CacheRead(_snapshot(policy), version, decoded, _snapshot(last), opted_out_at(opted_out))

    async def write_back(self, user: str, generation: int, version: bytes, scores: Mapping[str, Score]) -> bool:
        """Store scores, unless the user was invalidated since `version` was read; whether they were stored.

        Raises:
            CacheUnavailable: no answer in time, or an error.
        """
        keys = version_key(user), scores_key(user, generation)
        records = b"".join(_encode(score) for score in scores.values())
        written = (version, self._ttl_sec, self._max_scores, _SEPARATOR.join(scores), _RECORD.size, records)
        with self._noting_loss():
            stored = await self._client.run(self._write_script, keys, *written, new_version("w"), VERSION_TTL_SECONDS)
        return bool(stored)

    @contextlib.contextmanager
    def _noting_loss(self) -> Iterator[None]:
        """A cache that takes no scores, since it is full or a replica, is as good as none: all that it had ends."""
        try:
            yield
        except CacheUnavailable:
            self._lost_at = self._clock()
            raise


def _snapshot(answer: object) -> bytes | None:
    return answer if isinstance(answer, bytes) else None


def _encode(score: Score) -> bytes:
    components = (score.components.get(name, math.nan) for name in COMPONENTS)
    return _RECORD.pack(_FORMAT, score.value, score.fetched_at, *components)


def _decode(content_ids: Sequence[str], records: bytes) -> dict[str, Score]:
    """The scores among the records; what this format does not explain is a miss, and counted."""
    scores: dict[str, Score] = {}
    foreign = 0
    latest = time.time() + VERSION_TTL_SECONDS
    for content_id, record in zip(content_ids, _RECORD.iter_unpack(records), strict=False):
        form, value, fetched_at, *components = record
        if form == _FORMAT and 0 <= value <= 1 and 0 < fetched_at < latest:
            scores[content_id] = Score(value, fetched_at, _Components(components))
        elif form:
            foreign += 1
    if foreign:
        metrics.count("CacheValuesInvalid", foreign)
    return scores
