"""Following what is current: nobody waits for it, whatever happens to OpenSearch, once something is held."""

import threading
from typing import Any, cast

import pytest
from opensearchpy import ConnectionError as NoConnection
from opensearchpy import ConnectionTimeout, NotFoundError, OpenSearch, TransportError

from discovery.artefacts.held import Held
from discovery.errors import IndexUnavailable
from discovery.opensearch.followed import FollowedVersion
from discovery.opensearch.versions import KEPT_SECONDS
from tests.clock import StandingClock


def told(version: str) -> dict[str, Any]:
    about = {"version": version, "count": 1, "model": "m", "dimensions": 2, "names": f"films-{version}-names"}
    about |= {"format_version": 1, "genres": [], "platforms": [], "built_at": "2026-05-04T12:00:00Z"}
    return {f"films-{version}": {"mappings": {"_meta": about}}}


class FakeOpenSearch:
    """Tells of a version, or fails."""

    def __init__(self) -> None:
        self.said: dict[str, Any] | Exception = told("first")
        self.asked = self.closed = 0
        self.hold = threading.Event()
        self.hold.set()

    @property
    def indices(self) -> "FakeOpenSearch":
        return self

    def get_mapping(self, *, index: str, filter_path: str) -> dict[str, Any]:
        assert (index, filter_path) == ("films", "*.mappings._meta")
        self.asked += 1
        assert self.hold.wait(30)
        if isinstance(self.said, Exception):
            raise self.said
        return self.said

    def close(self) -> None:
        self.closed += 1


@pytest.fixture
def fake() -> FakeOpenSearch:
    return FakeOpenSearch()


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock(1000.0)


@pytest.fixture
def followed(fake: FakeOpenSearch, clock: StandingClock) -> FollowedVersion[str]:
    return FollowedVersion(
        lambda: cast("OpenSearch", fake),
        "films",
        lambda _, about: f"house of {about.version}",
        poll_seconds=30,
        wall_clock=clock,
    )


def joined() -> None:
    """Wait for the thread of a poll."""
    for thread in threading.enumerate():
        if thread.name == "catalogue-poll":
            thread.join(30)


def test_the_first_call_asks_and_keeps_no_connection(fake: FakeOpenSearch, followed: FollowedVersion[str]) -> None:
    assert followed.current() == followed.current() == "house of first"
    assert (fake.asked, fake.closed) == (1, 1)


def test_a_poll_is_due_after_its_time_and_no_request_waits_for_it(
    fake: FakeOpenSearch, followed: FollowedVersion[str], clock: StandingClock
) -> None:
    followed.current()
    fake.said = told("second")
    clock.now += 29
    followed.current()
    assert fake.asked == 1

    clock.now += 1
    fake.hold.clear()
    assert [followed.current() for _ in range(3)] == ["house of first"] * 3
    fake.hold.set()
    joined()

    assert followed.current() == "house of second"
    assert fake.asked == 2


def test_who_has_not_asked_for_as_long_as_versions_are_kept_asks_first(
    fake: FakeOpenSearch, followed: FollowedVersion[str], clock: StandingClock
) -> None:
    followed.current()
    fake.said = told("second")
    clock.now += KEPT_SECONDS

    assert followed.current() == "house of second"


def test_the_version_before_is_held_for_a_while(
    fake: FakeOpenSearch, followed: FollowedVersion[str], clock: StandingClock
) -> None:
    followed.current()
    fake.said = told("second")
    followed.poll()

    held: Held[str] = followed
    assert held.all_held() == ["house of second", "house of first"]
    assert (followed.held("first"), followed.held("second")) == ("house of first", "house of second")
    clock.now += KEPT_SECONDS
    followed.poll()

    assert followed.all_held() == ["house of second"]
    assert followed.held("first") is None


def test_the_same_titles_built_again_are_another_index(fake: FakeOpenSearch, clock: StandingClock) -> None:
    followed = FollowedVersion(
        lambda: cast("OpenSearch", fake), "films", lambda index, _: index, poll_seconds=30, wall_clock=clock
    )
    followed.current()
    assert isinstance(fake.said, dict)
    fake.said = {"films-again": fake.said["films-first"]}

    assert followed.poll() == followed.held("first") == "films-again"


@pytest.mark.parametrize(
    "failure",
    [
        NoConnection("N/A", "refused", OSError()),
        ConnectionTimeout("TIMEOUT", "slow", OSError()),
        TransportError(503, "busy"),
        NotFoundError(404, "no such alias"),
        OSError(),
        ValueError("a defect"),
    ],
    ids=lambda failure: type(failure).__name__,
)
def test_whatever_fails_later_what_is_held_stays(
    fake: FakeOpenSearch, followed: FollowedVersion[str], failure: Exception
) -> None:
    followed.current()
    fake.said = failure

    assert followed.poll() == "house of first"

    fake.said = told("second")
    assert followed.poll() == "house of second"


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (NoConnection("N/A", "refused", OSError()), "unavailable"),
        (ConnectionTimeout("TIMEOUT", "slow", OSError()), "deadline"),
        (TransportError(429, "busy"), "overloaded"),
        (NotFoundError(404, "no such alias"), "failed"),
        (told("first") | told("second"), "failed"),
        ({"films-0": {"mappings": {"_meta": {"format_version": 99}}}}, "failed"),
        ({}, "failed"),
    ],
)
def test_who_holds_nothing_yet_is_told_why_there_is_nothing_and_may_ask_again(
    fake: FakeOpenSearch, followed: FollowedVersion[str], said: Any, reason: str
) -> None:
    fake.said = said
    with pytest.raises(IndexUnavailable) as caught:
        followed.current()
    assert caught.value.reason == reason

    fake.said = told("first")
    assert followed.current() == "house of first"
