"""Something stands in for a catalogue that is not known yet, and nobody waits for it."""

import threading
import time

import pytest

from discovery.errors import IndexUnavailable
from discovery.opensearch.awaited import Awaited
from tests.clock import StandingClock


class Silent:
    """Holds something that it can't tell while it is silent."""

    def __init__(self) -> None:
        self.silent = False
        self.asked: list[str] = []

    def current(self) -> str:
        self.asked.append(threading.current_thread().name)
        if self.silent:
            raise IndexUnavailable("unavailable")
        return "the real one"

    def held(self, artefact: str) -> str | None:
        return "the real one" if artefact == "one" else None

    def all_held(self) -> list[str]:
        return [self.current()]


@pytest.fixture
def held() -> Silent:
    return Silent()


def test_what_is_known_at_once_is_held_from_the_beginning(held: Silent) -> None:
    awaited = Awaited(held, "something")

    assert awaited.current() == "the real one"
    assert awaited.held("one") == "the real one"
    assert awaited.all_held() == ["the real one"]


def test_until_it_is_known_something_stands_in_and_it_is_asked_for_once_a_second(held: Silent) -> None:
    clock = StandingClock()
    held.silent = True
    awaited = Awaited(held, "something", clock=clock)

    answers = {awaited.current() for _ in range(10)}

    assert answers == {"something"}
    assert awaited.all_held() == ["something"]
    assert len(held.asked) == 1

    held.silent = False
    clock.now += 1.0
    assert awaited.current() == "something"  # nobody waits
    deadline = time.monotonic() + 10
    while awaited.current() != "the real one" and time.monotonic() < deadline:
        time.sleep(0.01)
    assert awaited.current() == "the real one"
    assert "catalogue-wait" in held.asked
