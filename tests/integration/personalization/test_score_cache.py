"""The score cache on a real Valkey: lives, versions, races, damage."""

import re
import struct
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
import redis

from discovery.errors import CacheUnavailable
from discovery.personalization.invalidation import Invalidator
from discovery.personalization.score_cache import VERSION_TTL_SECONDS, ScoreCache, scores_key, version_key
from discovery.privacy.hashing import user_hash
from discovery.privacy.user_key import fixed_key
from discovery.settings.cache import CacheSettings
from discovery.sona.contract import Score
from discovery.valkey.connections import async_valkey, plain_valkey
from tests.fakes import FakeParameters

KEY = b"key"
ANA = user_hash("ana", KEY)
TTL = 300
MAX_SCORES = 10


def settings(url: str) -> CacheSettings:
    return CacheSettings(url=url, timeout_ms=2_000)


def scores(**values: float) -> dict[str, Score]:
    return {content_id: Score(value, time.time(), {"context": 0.5}) for content_id, value in values.items()}


@pytest.fixture
async def cache(valkey_url: str) -> AsyncIterator[ScoreCache]:
    client = async_valkey(settings(valkey_url))
    yield ScoreCache(client, ttl_sec=TTL, max_scores=MAX_SCORES)
    await client.aclose()


@pytest.fixture
def invalidator(valkey_url: str) -> Any:
    client = plain_valkey(settings(valkey_url))
    yield Invalidator(client, FakeParameters(), user_key=fixed_key(KEY))
    client.close()


async def kept(cache: ScoreCache, *content_ids: str, generation: int = 0) -> dict[str, float]:
    read = await cache.read(ANA, generation, content_ids or ("alien", "heat", "jaws"))
    return {content_id: score.value for content_id, score in read.scores.items()}


async def test_what_is_written_back_is_read_with_its_parts_and_its_time(cache: ScoreCache) -> None:
    written = {"alien": Score(0.25, 1_700_000_000.5, {"context": 0.5}), "été 🎬": Score(1.0, 1_700_000_001.0)}
    await cache.write_back(ANA, 0, b"", written)

    read = await cache.read(ANA, 0, ["alien", "heat", "été 🎬"])

    assert read.scores == written
    assert read.policy is None
    assert read.version.startswith(b"w")


async def test_the_life_of_a_users_scores_begins_with_the_first_and_is_never_extended(
    cache: ScoreCache, operator: redis.Redis
) -> None:
    await cache.write_back(ANA, 0, b"", scores(alien=0.1))
    assert operator.ttl(scores_key(ANA, 0)) == TTL
    operator.expire(scores_key(ANA, 0), 100)

    await cache.write_back(ANA, 0, b"", scores(heat=0.2))

    assert 0 < operator.pttl(scores_key(ANA, 0)) <= 100_000
    assert await kept(cache) == {"alien": 0.1, "heat": 0.2}


async def test_of_an_erased_person_the_mark_of_any_invalidation_is_left(
    cache: ScoreCache, invalidator: Invalidator, operator: redis.Redis
) -> None:
    # Given scores of two people, of two fetches, one of them still under way
    await cache.write_back(ANA, 0, b"", scores(alien=0.1))
    await cache.write_back(user_hash("ben", KEY), 0, b"", scores(alien=0.1))
    under_way = (await cache.read(ANA, 0, ["heat"])).version

    # When one of them is erased
    invalidator.erase_user("ana")
    assert not await cache.write_back(ANA, 0, under_way, scores(heat=0.2))

    # Then what is left is a random version, for a day
    named = [key.decode() for key in operator.scan_iter() if ANA.encode() in key + (operator.dump(key) or b"")]
    assert named == [version_key(ANA)]
    mark = operator.get(version_key(ANA))
    assert isinstance(mark, bytes)
    assert re.fullmatch(rb"i[0-9a-f]{16}", mark)
    assert 0 < operator.ttl(version_key(ANA)) <= VERSION_TTL_SECONDS
    assert operator.exists(scores_key(user_hash("ben", KEY), 0))


async def test_a_fetch_begun_before_an_invalidation_never_refills_the_cache_after_it(
    cache: ScoreCache, invalidator: Invalidator
) -> None:
    read = await cache.read(ANA, 0, ["alien"])

    invalidator.invalidate_user("ana")
    stored = await cache.write_back(ANA, 0, read.version, scores(alien=0.1))

    assert not stored
    assert await kept(cache) == {}


async def test_nor_does_it_join_what_a_later_fetch_has_written(cache: ScoreCache, invalidator: Invalidator) -> None:
    early = await cache.read(ANA, 0, ["alien"])
    invalidator.invalidate_user("ana")
    late = await cache.read(ANA, 0, ["alien"])

    assert await cache.write_back(ANA, 0, late.version, scores(heat=0.2))
    assert not await cache.write_back(ANA, 0, early.version, scores(alien=0.1))
    assert await kept(cache) == {"heat": 0.2}


async def test_an_invalidation_reaches_every_generation(cache: ScoreCache, invalidator: Invalidator) -> None:
    for generation in (0, 1, 7):
        await cache.write_back(ANA, generation, b"", scores(alien=0.1))

    invalidator.invalidate_user("ana")

    assert [await kept(cache, generation=generation) for generation in (0, 1, 7)] == [{}, {}, {}]


async def test_an_invalidation_is_of_one_user_alone(cache: ScoreCache, invalidator: Invalidator) -> None:
    await cache.write_back(ANA, 0, b"", scores(alien=0.1))

    invalidator.invalidate_user("ben")

    assert await kept(cache) == {"alien": 0.1}


async def test_after_an_invalidation_scores_live_anew(
    cache: ScoreCache, invalidator: Invalidator, operator: redis.Redis
) -> None:
    await cache.write_back(ANA, 0, b"", scores(alien=0.1))
    operator.expire(scores_key(ANA, 0), 100)
    invalidator.invalidate_user("ana")

    read = await cache.read(ANA, 0, ["alien"])
    await cache.write_back(ANA, 0, read.version, scores(heat=0.2))

    assert operator.ttl(scores_key(ANA, 0)) == TTL
    assert operator.ttl(version_key(ANA)) == VERSION_TTL_SECONDS
    assert await kept(cache) == {"heat": 0.2}


async def test_generations_do_not_see_each_others_scores(cache: ScoreCache) -> None:
    await cache.write_back(ANA, 1, b"", scores(alien=0.1))

    assert await kept(cache, generation=2) == {}


async def test_a_users_scores_are_bounded(cache: ScoreCache, operator: redis.Redis) -> None:
    for number in range(50):
        await cache.write_back(ANA, 0, b"", scores(**{f"id{number}": 0.5}))

    assert operator.hlen(scores_key(ANA, 0)) <= MAX_SCORES + 1
    assert await kept(cache, "id49") == {"id49": 0.5}


@pytest.mark.parametrize("key", ["policy", version_key(ANA), scores_key(ANA, 0)])
async def test_a_value_of_the_wrong_type_is_a_miss_of_that_key_alone(
    key: str, cache: ScoreCache, operator: redis.Redis
) -> None:
    operator.set("policy", b"snapshot")
    await cache.write_back(ANA, 0, b"", scores(alien=0.1))
    operator.delete(key)
    operator.sadd(key, "wrong")

    read = await cache.read(ANA, 0, ["alien"])

    assert read.policy == (None if key == "policy" else b"snapshot")
    assert bool(read.scores) == (key == "policy")


@pytest.mark.parametrize(
    "value",
    [
        b"",
        b"0.5",
        b"\xff" * 53,
        b"x" * 58,
        struct.pack("<B7d", 9, 0.5, 1e9, *[0.0] * 5),
        struct.pack("<B7d", 1, 1.5, 1e9, *[0.0] * 5),
        struct.pack("<B7d", 1, float("nan"), 1e9, *[0.0] * 5),
        struct.pack("<B7d", 1, 0.5, 1e300, *[0.0] * 5),
    ],
)
async def test_a_damaged_or_foreign_value_is_a_miss(value: bytes, cache: ScoreCache, operator: redis.Redis) -> None:
    await cache.write_back(ANA, 0, b"", scores(alien=0.1, heat=0.2))
    operator.hset(scores_key(ANA, 0), "alien", value)

    assert await kept(cache) == {"heat": 0.2}


async def test_a_server_that_answers_errors_is_unavailable(cache: ScoreCache, operator: redis.Redis) -> None:
    operator.sadd(scores_key(ANA, 0), "wrong")

    with pytest.raises(CacheUnavailable):
        await cache.write_back(ANA, 0, b"", scores(alien=0.1))


async def test_a_server_that_is_not_there_is_unavailable(unused_tcp_port: int) -> None:
    client = async_valkey(settings(f"redis://127.0.0.1:{unused_tcp_port}/0"))
    cache = ScoreCache(client, ttl_sec=TTL, max_scores=MAX_SCORES)

    with pytest.raises(CacheUnavailable):
        await cache.read(ANA, 0, ["alien"])
    with pytest.raises(CacheUnavailable):
        await cache.write_back(ANA, 0, b"", scores(alien=0.1))
    await client.aclose()


async def test_a_version_that_valkey_loses_takes_the_scores_with_it(
    cache: ScoreCache, invalidator: Invalidator, operator: redis.Redis
) -> None:
    # Given scores that were cached after an invalidation, and a version that is lost
    invalidator.invalidate_user("ana")
    read = await cache.read(ANA, 0, ["alien"])
    await cache.write_back(ANA, 0, read.version, scores(alien=0.1))
    operator.delete(version_key(ANA))

    # Then they are a miss at once, and stay one after the next invalidation, whose version is another
    assert await kept(cache) == {}
    invalidator.invalidate_user("ana")
    assert await kept(cache) == {}


async def test_two_fetches_that_found_no_version_both_fill_the_cache(cache: ScoreCache) -> None:
    first, second = [await cache.read(ANA, 0, ["alien", "heat"]) for _ in range(2)]

    assert await cache.write_back(ANA, 0, first.version, scores(alien=0.1))
    assert await cache.write_back(ANA, 0, second.version, scores(heat=0.2))

    assert await kept(cache) == {"alien": 0.1, "heat": 0.2}
