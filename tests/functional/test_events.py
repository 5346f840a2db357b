"""`POST /v1/events`, from event to response."""

import asyncio
import base64
import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from discovery.api.auth import Authenticator
from discovery.api.event_requests import MAX_BATCH_BYTES
from discovery.artefacts.held import Fixed
from discovery.catalogue.bundle import Catalogue
from discovery.composition.events import EventsService
from discovery.events.collector import Collector
from discovery.events.delivery import Delivery
from discovery.events.marks import Marks
from discovery.events.titles import HeldTitles
from discovery.privacy.hashing import client_hash, user_hash
from discovery.privacy.user_key import UserKey, fixed_key
from discovery.settings.access import AuthSettings
from functions.events import app as events_function
from tests import tokens
from tests.catalogues import CONTENTS
from tests.conftest import Counted
from tests.eventing import FakeAws, FakeMarkStore, ubi
from tests.events import http_event
from tests.fakes import FakeSecret
from tests.functional.client import Answer, Api, assert_problem
from tests.functional.conftest import USER_KEY

TITLE = CONTENTS[0].id


class Events:
    """The events function, and the fakes around it."""

    def __init__(self, catalogue: Catalogue, auth: AuthSettings, *, key: UserKey, anonymous: bool = True) -> None:
        self.aws, self.store = FakeAws(), FakeMarkStore()
        delivery = Delivery(self.aws, "outcomes", self.aws, "https://queue")
        collector = Collector(HeldTitles(Fixed("one", frozenset(catalogue.ids))), Marks(self.store.client), delivery)
        self.runner = asyncio.Runner()
        service = EventsService(collector, Authenticator(auth), key, anonymous, self.runner)
        self.api = Api(events_function.make_handler(lambda: service))

    def send(self, body: object = None, **parts: Any) -> Answer:
        return self.api.send(http_event("POST", "/v1/events", body=body, **parts))

    def tell(self, *events: object, **parts: Any) -> list[dict[str, Any]]:
        answer = self.send({"events": list(events)}, **parts)
        assert answer.status == 202, answer.body
        found: list[dict[str, Any]] = answer.json["events"]
        return found


@pytest.fixture
def events(catalogue: Catalogue, auth: AuthSettings) -> Iterator[Events]:
    made = Events(catalogue, auth, key=fixed_key(USER_KEY))
    yield made
    made.runner.close()


def event(action: str = "click", title: str = TITLE, **changes: Any) -> dict[str, Any]:
    return ubi(action, title, now=time.time(), **changes)


def test_a_persons_events_are_kept_under_their_hash_and_told_to_their_profile(events: Events) -> None:
    answer = events.send({"events": [event("play", value=40), event("jump")]}, token=tokens.token("ana"))

    assert answer.status == 202
    assert answer.headers["cache-control"] == "no-store"
    assert {name: answer.json[name] for name in ("accepted", "duplicates", "refused", "not_kept")} == {
        **{"accepted": 1, "duplicates": 0, "refused": 1, "not_kept": 0}
    }
    (outcome,) = events.aws.outcomes
    assert (outcome["schema"], outcome["user"]) == ("discovery.outcome/1", user_hash("ana", USER_KEY))
    assert "ana" not in json.dumps(outcome)
    assert [message["user_id"] for message in events.aws.messages] == ["ana"]


def test_of_whoever_is_not_signed_in_events_are_kept_under_their_clients_hash(events: Events) -> None:
    (verdict,) = events.tell(event("play"))

    assert verdict["profile"] == {"used": False, "why": "anonymous"}
    assert events.aws.outcomes[0]["client"] == client_hash("tv-1", USER_KEY)
    assert not events.aws.messages


def test_they_are_not_where_the_setting_says_so(catalogue: Catalogue, auth: AuthSettings) -> None:
    events = Events(catalogue, auth, key=fixed_key(USER_KEY), anonymous=False)
    assert events.tell(event())[0]["reason"] == "anonymous_not_kept"
    assert events.tell(event(), token=tokens.token())[0]["verdict"] == "accepted"
    events.runner.close()


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ({"token": "opted out"}, "opted_out"),
        ({"token": "in", "headers": {"Sec-GPC": "1"}}, "privacy_control"),
        ({"headers": {"sec-gpc": "1"}}, "privacy_control"),
    ],
)
def test_of_whoever_does_not_want_it_events_are_counted_and_not_kept(
    parts: dict[str, Any], reason: str, events: Events, counted: Counted
) -> None:
    made = {"opted out": tokens.token("ana", personalization_opt_out=True), "in": tokens.token("ana")}
    parts = parts | ({"token": made[parts["token"]]} if "token" in parts else {})

    (verdict,) = events.tell(event("play"), **parts)

    assert (verdict["verdict"], verdict["reason"]) == ("not_kept", reason)
    assert not events.aws.records + events.aws.messages
    assert counted()["EventNotKept"] == 1


def test_a_beacon_brings_its_token_in_its_body_and_is_text(events: Events) -> None:
    body = json.dumps({"token": tokens.token("ana"), "events": [event("play")]})
    for text, encoded in ((body, False), (base64.b64encode(body.encode()).decode(), True)):
        sent = http_event("POST", "/v1/events", text=text, headers={"content-type": "text/plain;charset=UTF-8"})
        answer = events.api.send(sent | {"isBase64Encoded": encoded})
        assert answer.status == 202
    assert events.aws.outcomes[0]["user"] == user_hash("ana", USER_KEY)


def test_a_header_wins_over_a_token_in_the_body(events: Events) -> None:
    events.send({"token": tokens.token("ben"), "events": [event()]}, token=tokens.token("ana"))
    assert events.aws.outcomes[0]["user"] == user_hash("ana", USER_KEY)


def test_a_token_that_is_not_accepted_is_refused_wherever_it_is(events: Events) -> None:
    assert_problem(events.send({"events": [event()]}, token="bad"), 401)
    assert_problem(events.send({"token": "bad", "events": [event()]}), 401)


def test_a_batch_that_is_sent_again_changes_nothing(events: Events) -> None:
    batch = [event("play"), event("rate", value=4)]
    events.tell(*batch, token=tokens.token())
    again = events.tell(*batch, token=tokens.token())

    assert [one["verdict"] for one in again] == ["duplicate", "duplicate"]
    assert len(events.aws.outcomes) == 2
    assert len(events.aws.messages) == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "events"),
        ({"events": []}, "events"),
        ({"events": [{}] * 101}, "events"),
        ({"events": {}}, "events"),
        ({"events": [{}], "token": 5}, "token"),
        ([], "body"),
    ],
)
def test_what_is_no_batch_is_refused_by_field(body: object, field: str, events: Events) -> None:
    assert_problem(events.send(text=json.dumps(body)), 422, field)


def test_a_hundred_events_are_a_batch(events: Events) -> None:
    assert len(events.tell(*(event() for _ in range(100)))) == 100


def test_more_than_the_function_reads_is_too_large(events: Events) -> None:
    text = json.dumps({"events": [event() | {"message": "x" * MAX_BATCH_BYTES}]})
    assert_problem(events.send(text=text), 413)
    assert_problem(events.send(text="x" * 300_000, headers={"content-type": "text/plain"}), 413)


@pytest.mark.parametrize("content_type", ["text/html", "application/x-www-form-urlencoded", "application/xml"])
def test_other_types_are_not_read(content_type: str, events: Events) -> None:
    text = json.dumps({"events": [event()]})
    assert_problem(events.send(text=text, headers={"content-type": content_type}), 415)


@pytest.mark.parametrize("failing", ["stream", "queue"])
def test_where_it_can_not_be_delivered_the_client_is_told_to_come_again(failing: str, events: Events) -> None:
    setattr(events.aws, f"{failing}_fails", True)

    answer = events.send({"events": [event("play")]}, token=tokens.token())

    assert_problem(answer, 503)
    assert answer.headers["retry-after"]


@pytest.mark.parametrize("key", [UserKey(FakeSecret(None)), fixed_key(b"")], ids=["unread", "none"])
def test_without_a_key_nobody_can_be_named_and_nothing_is_kept(
    key: UserKey, catalogue: Catalogue, auth: AuthSettings
) -> None:
    events = Events(catalogue, auth, key=key)
    assert_problem(events.send({"events": [event()]}), 503)
    events.runner.close()


def test_a_search_and_what_was_done_with_it_belong_together(api: Api, events: Events) -> None:
    token = tokens.token("ana")
    search_id = api.get(query="space", token=token).json["search_id"]
    anonymous = api.get(query="space").json["search_id"]

    told = events.tell(
        *(event(query_id=search_id), event(query_id=anonymous), event(query_id="0" * 32), event()), token=token
    )
    others = events.tell(event(query_id=search_id), token=tokens.token("ben"))
    nobodys = events.tell(event(query_id=anonymous), event(query_id=search_id))

    assert [one["search"] for one in told] == ["joined", "joined", "foreign", "none"]
    assert [one["search"] for one in others + nobodys] == ["foreign", "joined", "foreign"]
