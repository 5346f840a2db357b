"""What becomes of an event, judged by itself."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from discovery.api.auth import ANONYMOUS, Caller
from discovery.events.judgement import Judged, judge
from discovery.events.sender import Sender
from discovery.privacy.hashing import client_hash, user_hash
from discovery.privacy.search_id import mint
from tests.eventing import NOW, at, ubi

KEY = b"key"
ANA = user_hash("ana", KEY)
TITLES = frozenset({"alien-1979", "heat-1995"})


def sender(caller: Caller | None = None, *, anonymous: bool = True) -> Sender:
    return Sender.of(caller or Caller("ana"), KEY, anonymous=anonymous)


def judged(event: object, by: Sender | None = None) -> Judged:
    return judge(event, by or sender(), TITLES, NOW)


def test_an_event_becomes_a_record_of_the_lake() -> None:
    search_id = mint(KEY, ANA, NOW - 60)
    event = ubi("play", "heat-1995", event_id="1", value=40, ordinal=3, query_id=search_id, application="tv")

    found = judged(event | {"user_id": "ben", "message": "ignored", "session_id": "s"})

    assert found.verdict.model_dump(mode="json") == {
        **{"event_id": "1", "verdict": "accepted", "reason": None, "field": None, "search": "joined"},
        "profile": {"used": True, "why": "watched"},
    }
    outcome = found.outcome
    assert outcome is not None
    assert (outcome.user, outcome.client, outcome.person) == (ANA, None, ANA)
    assert (outcome.search_id, outcome.action, outcome.content_id) == (search_id, "play", "heat-1995")
    assert (outcome.position, outcome.value, outcome.session_id, outcome.application) == (3, 40.0, "s", "tv")
    assert (outcome.time, outcome.received) == (NOW * 1000, NOW * 1000)


@pytest.mark.parametrize(
    ("event", "reason", "field"),
    [
        (ubi("jump"), "unknown_action", "action_name"),
        (ubi() | {"action_name": 7}, "unknown_action", "action_name"),
        (ubi(now=NOW + 301), "future", "timestamp"),
        (ubi(now=NOW - 30 * 86_400 - 1), "too_old", "timestamp"),
        (ubi() | {"timestamp": "2025-06-15T15:06:40"}, "invalid", "timestamp"),
        (ubi() | {"timestamp": "soon"}, "invalid", "timestamp"),
        (ubi(title="nothing"), "unknown_title", "event_attributes.object.object_id"),
        (ubi("rate"), "invalid", "event_attributes.value"),
        (ubi("rate", value=0), "invalid", "event_attributes.value"),
        (ubi("rate", value=5.5), "invalid", "event_attributes.value"),
        (ubi("play", value=-1), "invalid", "event_attributes.value"),
        (ubi("play", value=float("nan")), "invalid", "event_attributes.value"),
        (ubi("play", value="40"), "invalid", "event_attributes.value"),
        (ubi(ordinal=0), "invalid", "event_attributes.position.ordinal"),
        (ubi(event_id=""), "invalid", "event_attributes.event_id"),
        (ubi(event_id="x" * 65), "invalid", "event_attributes.event_id"),
        (ubi() | {"event_attributes": {}}, "invalid", "event_attributes.event_id"),
        (ubi(application="\ud800"), "invalid", "application"),
        (ubi() | {"query_id": 5}, "invalid", "query_id"),
        ({}, "invalid", "action_name"),
        ([], "invalid", "event"),
        (None, "invalid", "event"),
    ],
)
def test_what_is_wrong_with_an_event_is_said(event: object, reason: str, field: str) -> None:
    found = judged(event)

    assert found.outcome is None
    assert (found.verdict.verdict, found.verdict.reason, found.verdict.field) == ("refused", reason, field)
    assert found.verdict.profile.model_dump() == {"used": False, "why": "not_accepted"}


def test_a_clock_that_is_a_little_fast_and_an_event_of_last_month_are_accepted() -> None:
    for seconds in (NOW + 299, NOW - 29 * 86_400):
        assert judged(ubi(now=seconds)).verdict.verdict == "accepted"
    assert judged(ubi() | {"timestamp": at(NOW).replace("+00:00", "Z")}).verdict.verdict == "accepted"


@pytest.mark.parametrize(
    ("query_id", "search"),
    [
        (None, "none"),
        (mint(KEY, ANA, NOW), "joined"),
        (mint(KEY, None, NOW), "joined"),
        (mint(KEY, user_hash("ben", KEY), NOW), "foreign"),
        ("0" * 32, "foreign"),
        ("made up", "foreign"),
    ],
    ids=["none", "their own", "nobody's", "another's", "a number", "a text"],
)
def test_an_event_belongs_to_a_search_of_this_person_only(query_id: str | None, search: str) -> None:
    found = judged(ubi(query_id=query_id))

    assert found.outcome is not None
    assert (found.outcome.search, found.verdict.search) == (search, search)
    assert found.outcome.search_id == (query_id if search == "joined" else None)


def test_whoever_is_not_signed_in_is_known_by_their_client() -> None:
    found = judged(ubi("play", query_id=mint(KEY, None, NOW)), sender(ANONYMOUS))

    assert found.outcome is not None
    assert (found.outcome.user, found.outcome.client) == (None, client_hash("tv-1", KEY))
    assert found.verdict.search == "joined"
    assert found.verdict.profile.model_dump() == {"used": False, "why": "anonymous"}


def test_without_a_token_and_a_client_nobody_did_it() -> None:
    found = judged({**ubi(), "client_id": None}, sender(ANONYMOUS))
    assert (found.verdict.reason, found.verdict.field) == ("invalid", "client_id")


@pytest.mark.parametrize(
    ("by", "reason"),
    [
        (sender(Caller("ana", opted_out=True)), "opted_out"),
        (sender(Caller("ana", refuses=True)), "privacy_control"),
        (sender(Caller(refuses=True)), "privacy_control"),
        (sender(ANONYMOUS, anonymous=False), "anonymous_not_kept"),
    ],
    ids=["opted out", "refuses", "refuses, not signed in", "not signed in"],
)
def test_of_whoever_does_not_want_it_nothing_is_kept(by: Sender, reason: str) -> None:
    for event in (ubi(event_id="1"), {"event_attributes": {"event_id": "1"}}):
        found = judged(event, by)
        assert found.outcome is None
        assert (found.verdict.event_id, found.verdict.verdict, found.verdict.reason) == ("1", "not_kept", reason)


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(
    JSON
    | st.fixed_dictionaries(
        {"action_name": st.just("click") | JSON, "timestamp": st.just(at(NOW)) | JSON},
        optional={"event_attributes": st.fixed_dictionaries({"event_id": JSON, "object": JSON}), "client_id": JSON},
    )
)
def test_anything_at_all_gets_a_verdict(event: object) -> None:
    found = judged(event)
    assert found.verdict.verdict in ("accepted", "refused")
    assert (found.outcome is not None) == (found.verdict.verdict == "accepted")
    found.verdict.model_dump_json()
