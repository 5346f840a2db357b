"""Which version is current: whatever happens to OpenSearch, what is held stays."""

from collections.abc import Callable
from typing import Any, cast

import pytest
from opensearchpy import ConnectionError as NoConnection
from opensearchpy import ConnectionTimeout, NotFoundError, OpenSearch, TransportError

from discovery.artefacts.followed import Followed
from discovery.errors import IndexUnavailable
from discovery.opensearch.about import About
from discovery.opensearch.current import CurrentVersion, ToldVersion
from discovery.opensearch.versions import KEPT_SECONDS
from tests.clock import StandingClock

Versions = Followed[str, ToldVersion]


def told(version: str) -> dict[str, Any]:
    about = {"version": version, "count": 1, "model": "m", "dimensions": 2, "names": f"films-{version}-names"}
    about |= {"format_version": 1, "genres": [], "platforms": [], "built_at": "2026-05-04T12:00:00Z"}
    return {f"films-{version}": {"mappings": {"_meta": about}}}


class FakeOpenSearch:
    """Tells of a version, or fails."""

    def __init__(self) -> None:
        self.said: dict[str, Any] | Exception = told("first")
        self.asked = self.closed = 0

    @property
    def indices(self) -> "FakeOpenSearch":
        return self

    def get_mapping(self, *, index: str, filter_path: str) -> dict[str, Any]:
        assert (index, filter_path) == ("films", "*.mappings._meta")
        self.asked += 1
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
def followed(fake: FakeOpenSearch, clock: StandingClock) -> Versions:
    return following(fake, clock, lambda _, about: f"house of {about.version}")


def following(fake: FakeOpenSearch, clock: StandingClock, made: Callable[[str, About], str]) -> Versions:
    return Followed(
        CurrentVersion(lambda: cast("OpenSearch", fake), "films", made),
        poll_seconds=30,
        kept_seconds=KEPT_SECONDS,
        stale_seconds=KEPT_SECONDS,
        wall_clock=clock,
    )


def test_the_first_call_asks_and_keeps_no_connection(fake: FakeOpenSearch, followed: Versions) -> None:
    assert followed.current() == followed.current() == "house of first"
    assert (fake.asked, fake.closed) == (1, 1)


def test_the_same_titles_built_again_are_another_index(fake: FakeOpenSearch, clock: StandingClock) -> None:
    followed = following(fake, clock, lambda index, _: index)
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
def test_whatever_fails_later_what_is_held_stays(fake: FakeOpenSearch, followed: Versions, failure: Exception) -> None:
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
    fake: FakeOpenSearch, followed: Versions, said: Any, reason: str
) -> None:
    fake.said = said
    with pytest.raises(IndexUnavailable) as caught:
        followed.current()
    assert caught.value.reason == reason

    fake.said = told("first")
    assert followed.current() == "house of first"
