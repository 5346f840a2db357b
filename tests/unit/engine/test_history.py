"""Histories, against bytes and figures worked out by hand."""

import hashlib
import random
import struct
from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from discovery.sona.contract import ViewingEvent
from sona.history import EMPTY, MAX_TITLES, History, title_key
from tests.unit.engine.store_contract import EVENTS, watched

NOON = 1_700_000_000
MANY = settings(max_examples=200)


def event(content_id: str = "alien", at: float = NOON, completion: float = 1.0, **more: object) -> ViewingEvent:
    told = {"content_id": content_id, "timestamp": datetime.fromtimestamp(at, UTC), "completion_rate": completion}
    return ViewingEvent.model_validate(told | more)


def test_a_title_is_named_by_the_first_64_bits_of_its_hash() -> None:
    digest = hashlib.blake2b(b"alien", digest_size=8).digest()

    assert title_key("alien") == sum(byte << (8 * place) for place, byte in enumerate(digest))
    assert title_key("alien") != title_key("aliens")


def test_a_record_is_fourteen_bytes() -> None:
    given = History.of([event("alien", NOON + 0.9, 0.654, rating=3.5, is_rewatch=True)])

    # Little-endian: the key, whole seconds, percent, and 7 half stars (0x07) beside the flag of a rewatch (0x10).
    assert given.encode() == b"\x01" + struct.pack("<QIBB", title_key("alien"), NOON, 65, 0x17)


def test_nothing_at_all_is_one_byte() -> None:
    assert EMPTY.encode() == b"\x01"
    assert History.decode(b"\x01") == EMPTY
    assert len(EMPTY) == 0


@pytest.mark.parametrize(
    ("told", "stars", "rewatched", "dismissed"),
    [
        ({}, 0.0, False, False),
        ({"rating": 0.5}, 0.5, False, False),
        ({"rating": 5.0, "dismissed": True}, 5.0, False, True),
        ({"rating": 4.5, "is_rewatch": True}, 4.5, True, False),
        ({"is_rewatch": True, "dismissed": True}, 0.0, True, True),
        ({"rating": 3.3}, 3.5, False, False),
        ({"rating": 3.2}, 3.0, False, False),
    ],
)
def test_stars_are_kept_by_halves_beside_both_flags(
    told: dict[str, object], stars: float, rewatched: bool, dismissed: bool
) -> None:
    given = History.decode(History.of([event(**told)]).encode())  # type: ignore[arg-type]

    assert (given.stars[0], given.rewatched[0], given.dismissed[0]) == (stars, rewatched, dismissed)


@pytest.mark.parametrize(("completion", "kept"), [(0, 0.0), (0.004, 0.0), (0.654, 0.65), (1, 1.0)])
def test_completion_is_kept_by_the_percent(completion: float, kept: float) -> None:
    assert History.of([event(completion=completion)]).completion.tolist() == [kept]


def test_what_lies_before_1970_happened_in_its_first_second() -> None:
    assert History.of([event(at=-1)]).at.tolist() == [0]


@MANY
@given(st.lists(EVENTS, max_size=10))
def test_what_is_encoded_is_decoded_as_it_was(events: Sequence[ViewingEvent]) -> None:
    given = History.of(events)
    decoded = History.decode(given.encode())

    assert decoded == given
    assert len(given.encode()) == 1 + 14 * len({event.content_id for event in events})


@pytest.mark.parametrize("encoded", [b"", b"\x02", b"\x00" + b"x" * 14, b"\x01" + b"x" * 13, b"\x01" + b"x" * 15])
def test_what_is_no_history_is_refused(encoded: bytes) -> None:
    with pytest.raises(ValueError, match=r"history|buffer"):
        History.decode(encoded)


def test_the_newest_event_of_a_title_has_the_last_word_whenever_it_arrives() -> None:
    older, newer = History.of([event(at=NOON, rating=5)]), History.of([event(at=NOON + 1, completion=0.1)])

    for merged in (older.merged(newer), newer.merged(older)):
        assert (merged.at.tolist(), merged.completion.tolist(), merged.stars.tolist()) == ([NOON + 1], [0.1], [0.0])


def test_of_two_events_of_one_second_the_greater_grade_and_then_the_greater_completion_counts() -> None:
    rated, watched_more, watched_less = event(rating=2, completion=0.3), event(completion=0.9), event(completion=0.2)

    assert History.of([watched_more, rated]).stars.tolist() == [2.0]
    assert History.of([watched_more, watched_less]).completion.tolist() == [0.9]


def test_titles_are_in_the_order_of_their_keys() -> None:
    keys = History.of([event(name) for name in "abcdefgh"]).keys.tolist()

    assert keys == sorted(keys)


@MANY
@given(st.lists(EVENTS, max_size=12), st.randoms(use_true_random=False))
def test_events_twice_and_in_any_order_and_in_any_parts_make_the_same_bytes(
    events: Sequence[ViewingEvent], chance: random.Random
) -> None:
    again = chance.sample(list(events) * 2, k=2 * len(events))
    merged = EMPTY
    while again:
        cut = chance.randint(1, len(again))
        merged = History.of(again[:cut]).merged(merged)
        again = again[cut:]

    assert merged.encode() == History.of(events).encode()


def test_only_the_newest_seven_hundred_titles_are_kept() -> None:
    given = History.of(watched(f"title {number}", NOON + number) for number in range(MAX_TITLES + 2))

    assert len(given) == 700
    assert len(given.encode()) == 9_801
    assert min(given.at) == NOON + 2
    assert not {title_key("title 0"), title_key("title 1")} & set(given.keys.tolist())


@settings(max_examples=30)
@given(st.integers(0, 2**32 - 1))
def test_what_goes_first_does_not_depend_on_the_order_either(seed: int) -> None:
    rng = np.random.default_rng(seed)
    # 1 500 events of 900 titles within 2 000 seconds: many titles have several, and many share the second of the cut.
    told = [(f"title {rng.integers(900)}", NOON + int(rng.integers(2_000))) for _ in range(1_500)]
    one_by_one, cut = EMPTY, int(rng.integers(1, 1_499))
    shuffled = [told[place] for place in rng.permutation(len(told))]

    for some in (shuffled[:cut], shuffled[cut:], shuffled[: cut // 2]):
        one_by_one = one_by_one.merged(History.of(watched(name, at) for name, at in some))

    latest = dict(sorted(told, key=lambda one: one[1]))
    newest = sorted(((at, title_key(name)) for name, at in latest.items()))[-MAX_TITLES:]
    assert one_by_one == History.of(watched(name, at) for name, at in told)
    assert one_by_one.keys.tolist() == sorted(key for _, key in newest)
