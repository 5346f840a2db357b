"""Following what is current: nobody waits for it, and there are never three at once."""

import threading
from collections.abc import Mapping

import pytest

from discovery.artefacts.followed import Followed, Told
from discovery.artefacts.held import Held
from tests.clock import StandingClock

POLL, KEPT = 30, 600


class Shelf:
    """A source of what is named; opening it gives its name with a number, by which one opening differs from another."""

    kind = "shelf"

    def __init__(self) -> None:
        self.current: Told | None = Told("first", "first")
        self.asked_times = 0
        self.spoilt: set[str] = set()
        self.kept: list[str] = []
        self.most_kept = 0
        self.hold = threading.Event()
        self.hold.set()

    def first(self) -> tuple[Told, str]:
        told = self.asked()
        opened = None if told is None else self.opened(told)
        if told is None or opened is None:
            raise LookupError
        return told, opened

    def asked(self) -> Told | None:
        self.asked_times += 1
        assert self.hold.wait(30)
        return self.current

    def opened(self, told: Told) -> str | None:
        if told.name in self.spoilt:
            return None
        self.kept.append(told.name)
        self.most_kept = max(self.most_kept, len(self.kept))
        return f"open {told.name}"

    def let_go(self, told: Told) -> None:
        self.kept.remove(told.name)

    def logged(self, told: Told) -> Mapping[str, str]:
        return {"shelf": told.name}

    def put(self, name: str) -> None:
        self.current = Told(name, name)


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock(1000.0)


@pytest.fixture
def followed(shelf: Shelf, clock: StandingClock) -> Followed[str]:
    return Followed(shelf, poll_seconds=POLL, kept_seconds=KEPT, wall_clock=clock)


def joined() -> None:
    """Wait for the thread of a poll."""
    for thread in threading.enumerate():
        if thread.name == "shelf-poll":
            thread.join(30)


def test_a_poll_is_due_after_its_time_and_no_request_waits_for_it(
    shelf: Shelf, followed: Followed[str], clock: StandingClock
) -> None:
    followed.current()
    shelf.put("second")
    clock.now += POLL - 1
    followed.current()
    assert shelf.asked_times == 1

    clock.now += 1
    shelf.hold.clear()
    assert [followed.current() for _ in range(3)] == ["open first"] * 3
    shelf.hold.set()
    joined()

    assert followed.current() == "open second"
    assert shelf.asked_times == 2


def test_the_one_before_is_held_for_a_while(shelf: Shelf, followed: Followed[str], clock: StandingClock) -> None:
    followed.current()
    shelf.put("second")
    followed.poll()

    held: Held[str] = followed
    assert held.all_held() == ["open second", "open first"]
    assert (followed.held("first"), followed.held("second")) == ("open first", "open second")
    clock.now += KEPT
    followed.poll()

    assert followed.all_held() == ["open second"]
    assert followed.held("first") is None
    assert shelf.kept == ["second"]


def test_where_none_is_to_be_held_the_one_before_is_let_go_of_at_once(shelf: Shelf, clock: StandingClock) -> None:
    followed = Followed(shelf, poll_seconds=POLL, wall_clock=clock)
    followed.current()
    shelf.put("second")

    assert followed.poll() == "open second"
    assert followed.all_held() == ["open second"]
    assert shelf.kept == ["second"]


def test_there_are_never_three_at_once(shelf: Shelf, followed: Followed[str]) -> None:
    followed.current()
    for name in ("second", "third", "fourth"):
        shelf.put(name)
        followed.poll()

    assert followed.all_held() == ["open fourth", "open third"]
    assert shelf.most_kept == 2


def test_who_goes_back_opens_nothing(shelf: Shelf, followed: Followed[str]) -> None:
    followed.current()
    shelf.put("second")
    followed.poll()
    shelf.put("first")
    shelf.spoilt.add("first")

    assert followed.poll() == "open first"
    assert followed.all_held() == ["open first", "open second"]


def test_what_has_the_same_id_and_another_name_is_another(shelf: Shelf, followed: Followed[str]) -> None:
    followed.current()
    shelf.current = Told("first", "first, again")

    assert followed.poll() == followed.held("first") == "open first, again"


def test_what_cannot_be_used_or_is_not_known_leaves_the_old_one(shelf: Shelf, followed: Followed[str]) -> None:
    followed.current()
    shelf.spoilt.add("second")
    shelf.put("second")
    assert followed.poll() == "open first"

    shelf.current = None
    assert followed.poll() == "open first"

    shelf.spoilt.clear()
    shelf.put("second")
    assert followed.poll() == "open second"


def test_who_holds_nothing_yet_is_told_and_may_ask_again(shelf: Shelf, followed: Followed[str]) -> None:
    shelf.spoilt.add("first")
    with pytest.raises(LookupError):
        followed.current()

    shelf.spoilt.clear()
    assert followed.poll() == "open first"


@pytest.mark.parametrize("seconds", [KEPT, -1])
def test_what_may_be_gone_is_asked_after_before_it_answers(shelf: Shelf, clock: StandingClock, seconds: int) -> None:
    followed = Followed(shelf, poll_seconds=POLL, kept_seconds=KEPT, stale_seconds=KEPT, wall_clock=clock)
    followed.current()
    shelf.put("second")
    clock.now += seconds

    assert followed.current() == "open second"


def test_what_lasts_answers_however_long_nobody_asked(
    shelf: Shelf, followed: Followed[str], clock: StandingClock
) -> None:
    followed.current()
    shelf.put("second")
    clock.now += 100 * KEPT
    shelf.hold.clear()

    assert followed.current() == "open first"

    shelf.hold.set()
    joined()
