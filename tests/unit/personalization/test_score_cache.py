"""What stands for a user, where scores are kept, and what is made of Valkey's answers."""

import math
import struct
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from discovery.personalization.opt_outs import opt_out_key
from discovery.personalization.score_cache import VERSION_TTL_SECONDS, ScoreCache, scores_key, version_key
from discovery.policy.snapshot import LAST_POLICY_KEY, POLICY_KEY
from discovery.privacy.hashing import user_hash
from discovery.sona.contract import COMPONENTS, Score
from discovery.valkey.client import AsyncValkey, Command
from tests.conftest import Counted

KEY = b"secret"


def test_a_user_appears_as_half_an_hmac_sha_256() -> None:
    # printf ana | openssl dgst -sha256 -hmac secret
    assert user_hash("ana", KEY) == "d639a29047d9eb3abe7dffe1569390d0"


def test_another_key_gives_another_name() -> None:
    assert user_hash("ana", KEY) != user_hash("ana", b"another")


@given(user=st.text(min_size=4))
def test_no_key_holds_a_raw_id_and_all_of_a_users_keys_share_a_slot(user: str) -> None:
    hashed = user_hash(user, KEY)
    keys = version_key(hashed), scores_key(hashed, 7), opt_out_key(hashed)
    tags = {key[key.index("{") : key.index("}") + 1] for key in keys}

    assert tags == {f"{{{hashed}}}"}
    assert set(hashed) <= set("0123456789abcdef")


def test_each_generation_has_a_key_of_its_own() -> None:
    assert scores_key("u", 1) != scores_key("u", 2)


class Answering(AsyncValkey):
    """A Valkey that holds these two snapshots and no opt-out, and answers the script with this."""

    def __init__(self, script: object = (), *, policy: object = None, last: object = None) -> None:
        self.script = list(script) if isinstance(script, tuple) else script
        self.snapshots = {POLICY_KEY: policy, LAST_POLICY_KEY: last}
        self.asked: list[Command] = []
        self.opt_outs: dict[str, bytes] = {}

    async def ask(self, *commands: Command) -> list[Any]:
        self.asked += commands
        return [
            (self.snapshots | self.opt_outs).get(str(command[1])) if command[0] == "GET" else self.script
            for command in commands
        ]


def over(valkey: AsyncValkey) -> ScoreCache:
    return ScoreCache(valkey, ttl_sec=300, max_scores=10)


def record(value: float, fetched_at: float = 1e9, components: tuple[float, ...] = (0.5,) * 9, form: int = 2) -> bytes:
    return struct.pack("<B2d9f", form, value, fetched_at, *components)


NONE = b"\0" * 53
"""The record of a content without a score."""


async def read(*records: bytes) -> dict[str, Score]:
    """What is read from these records, by the place of each."""
    content_ids = [str(place) for place in range(len(records))]
    found = await over(Answering((b"w1", b"".join(records)))).read("u", 0, content_ids)
    return dict(found.scores)


@pytest.mark.parametrize("value", [0.0, 1.0])
@pytest.mark.parametrize("fetched_at", [0.5, 1e9])
async def test_0_and_1_and_early_times_are_scores_like_others(value: float, fetched_at: float) -> None:
    (score,) = (await read(record(value, fetched_at))).values()

    assert (score.value, score.fetched_at) == (value, fetched_at)


async def test_what_this_format_does_not_explain_is_a_miss_and_counted(counted: Counted) -> None:
    future = time.time() + 2 * VERSION_TTL_SECONDS
    bad = [record(-0.1), record(1.1), record(math.nan), record(0.5, 0), record(0.5, future), record(0.5, form=1)]

    assert list(await read(record(0.5), *bad, NONE)) == ["0"]
    assert counted()["CacheValuesInvalid"] == len(bad)


async def test_a_content_without_a_score_is_a_miss_and_nothing_to_count(counted: Counted) -> None:
    assert await read(NONE, NONE) == {}
    assert not counted()


async def test_components_are_those_in_range() -> None:
    (score,) = (await read(record(0.5, components=(0.0, 1.0, math.nan, 1.5, -0.5, *[math.nan] * 4)))).values()

    assert dict(score.components) == {COMPONENTS[0]: 0.0, COMPONENTS[1]: 1.0}
    assert len(score.components) == 2
    for name in (*COMPONENTS[2:], "mood"):
        with pytest.raises(KeyError, match=name):
            score.components[name]


async def test_the_snapshot_that_never_ends_is_asked_for_only_where_it_is_wanted() -> None:
    valkey = Answering((b"w1", b""), policy=b"now", last=b"last")

    without = await over(valkey).read("u", 0, ["alien"])
    with_it = await over(valkey).read("u", 0, ["alien"], last_policy=True)

    assert [(read.policy, read.last_policy) for read in (without, with_it)] == [(b"now", None), (b"now", b"last")]
    snapshots = [command[1] for command in valkey.asked if command[1] in valkey.snapshots]
    assert snapshots == [POLICY_KEY, POLICY_KEY, LAST_POLICY_KEY]


async def test_each_value_of_the_wrong_type_is_a_miss_of_its_own_and_counted(counted: Counted) -> None:
    wrong = TypeError("WRONGTYPE")

    found = await over(Answering(wrong, policy=wrong, last=b"last")).read("u", 0, ["alien"], last_policy=True)

    assert (found.policy, found.version, found.scores, found.last_policy) == (None, b"", {}, b"last")
    assert counted()["CacheValuesInvalid"] == 2


async def test_the_users_own_opt_out_comes_with_the_scores() -> None:
    valkey = Answering((b"w1", b""))
    valkey.opt_outs[opt_out_key("u")] = b"1700000000.5"

    found = [await over(valkey).read(user, 0, ["alien"]) for user in ("u", "v")]

    assert [read.opted_out_at for read in found] == [1_700_000_000.5, None]
