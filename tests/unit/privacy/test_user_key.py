"""When the key of user hashes is read, and what happens while it can't be."""

import threading

import pytest

from discovery.errors import UserKeyUnavailable
from discovery.privacy.user_key import UserKey, fixed_key
from tests.clock import StandingClock
from tests.conftest import Counted
from tests.fakes import FakeSecret, FakeSona
from tests.unit.personalization.personalizing import LIKES, Rig


def test_a_key_of_the_settings_is_at_hand() -> None:
    assert fixed_key(b"key").at_hand() == fixed_key(b"key").required() == b"key"
    assert fixed_key(b"").at_hand() == b""


def test_a_prefetched_key_is_at_hand_once_it_was_waited_for_and_read_once() -> None:
    secret = FakeSecret("key")
    key = UserKey(secret)

    key.prefetch()
    key.wait()

    assert [key.at_hand(), key.at_hand(), key.required()] == [b"key"] * 3
    assert secret.reads == 1


def test_nobody_waits_for_a_key_that_is_slow() -> None:
    secret = FakeSecret("key")
    secret.gate = threading.Event()
    key = UserKey(secret)

    for _ in range(3):
        with pytest.raises(UserKeyUnavailable):
            key.at_hand()
    secret.gate.set()
    key.wait()

    assert (key.at_hand(), secret.reads) == (b"key", 1)


def test_a_key_that_could_not_be_read_is_read_again_every_ten_seconds(counted: Counted) -> None:
    secret, clock = FakeSecret(None), StandingClock()
    key = UserKey(secret, wall_clock=clock)
    for _ in range(30):
        with pytest.raises(UserKeyUnavailable):
            key.at_hand()
        key.wait()
        clock.now += 1

    assert secret.reads == 3
    assert counted()["UserKeyUnavailable"] == 3
    secret.value = "key"
    with pytest.raises(UserKeyUnavailable):
        key.at_hand()
    key.wait()
    assert key.at_hand() == b"key"


def test_a_clock_that_is_set_back_does_not_put_off_the_next_reading() -> None:
    secret, clock = FakeSecret(None), StandingClock()
    clock.now = 3600.0
    key = UserKey(secret, wall_clock=clock)
    for clock.now in (3600.0, 0.0):
        key.prefetch()
        key.wait()

    assert secret.reads == 2


def test_whatever_goes_wrong_the_next_reading_is_made(counted: Counted) -> None:
    secret, clock = FakeSecret("key"), StandingClock()
    secret.value = 7  # type: ignore[assignment]  # makes the reading raise what nobody expects
    key = UserKey(secret, wall_clock=clock)
    key.prefetch()
    key.wait()
    secret.value, clock.now = "key", 10.0

    key.prefetch()
    key.wait()

    assert key.at_hand() == b"key"
    assert counted()["UserKeyUnavailable"] == 1


def test_an_invalidation_waits_for_the_key_or_fails() -> None:
    assert UserKey(FakeSecret("key")).required() == b"key"
    with pytest.raises(UserKeyUnavailable):
        UserKey(FakeSecret(None)).required()


async def test_a_search_without_the_key_says_so_and_asks_nobody() -> None:
    sona = FakeSona(LIKES)
    rig = Rig(sona)

    key = UserKey(FakeSecret(None))
    outcome = await rig.personalize(user_key=key)
    key.wait()

    assert (outcome.status, outcome.summary().reason, outcome.gathered.user) == ("failed", "user_key_unavailable", None)
    assert sona.asked == []
    assert outcome.order == [0, 1, 2]
