"""The client sends each event once, in batches that the API takes, for as long as it takes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.browser.event_server import HANG_UP, EventServer
from tests.browser.waiting import until

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import Started

MOST_BYTES = 60 * 1024


def click(page: Page, times: int) -> list[str]:
    clicks = "(times) => Array.from({length: times}, (_, i) => events.click('s', `film-${i}`, {position: i + 1}))"
    made: list[str] = page.evaluate(clicks, times)
    return made


def flush(page: Page) -> None:
    page.evaluate("events.flush()")


def test_an_event_is_sent_as_ubi_with_the_person_s_token(start: Started, server: EventServer) -> None:
    page = start(token="a.b.c", clientId="browser-1", application="tv")
    event_id = page.evaluate("events.rate('search-1', 'film-heat-1995', {position: 3, value: 4.5})")
    flush(page)

    (request,) = server.received
    assert (request.authorization, request.content_type) == ("Bearer a.b.c", "application/json")
    (event,) = request.body["events"]
    assert datetime.fromisoformat(event.pop("timestamp")).utcoffset() == timedelta(0)
    assert event == {
        "action_name": "rate",
        "query_id": "search-1",
        "client_id": "browser-1",
        "application": "tv",
        "event_attributes": {
            "event_id": event_id,
            "object": {"object_id": "film-heat-1995"},
            "position": {"ordinal": 3},
            "value": 4.5,
        },
    }


def test_each_method_has_its_action_and_leaves_out_what_it_was_not_given(start: Started, server: EventServer) -> None:
    page = start()
    names = ["impression", "click", "play", "complete", "addToList", "dismiss", "rate", "purchase"]
    page.evaluate("(names) => names.forEach((name) => events[name](null, 'film-heat-1995'))", names)
    flush(page)

    sent = server.received[0].body["events"]
    expected = ["impression", "click", "play", "complete", "add_to_list", "dismiss", "rate", "purchase"]
    assert [event["action_name"] for event in sent] == expected
    assert all(event.keys() == {"action_name", "timestamp", "event_attributes"} for event in sent)
    assert all(event["event_attributes"].keys() == {"event_id", "object"} for event in sent)
    assert server.received[0].authorization is None


def test_events_wait_for_each_other_for_the_interval(start: Started, server: EventServer) -> None:
    page = start(interval=3_000)
    first = click(page, 1)
    page.clock.run_for(2_000)
    second = click(page, 1)
    page.clock.run_for(1_000)
    until(lambda: server.received)

    assert [request.ids for request in server.received] == [first + second]


def test_many_events_go_in_batches_of_a_hundred_at_once_and_in_order(start: Started, server: EventServer) -> None:
    page = start()
    ids = click(page, 250)
    flush(page)

    assert [len(request.ids) for request in server.received] == [100, 100, 50]
    assert [event_id for request in server.received for event_id in request.ids] == ids


def test_large_events_go_in_batches_that_a_beacon_may_have(start: Started, server: EventServer) -> None:
    page = start(application="ü" * 2_000)
    ids = click(page, 90)
    flush(page)

    assert all(request.size <= MOST_BYTES for request in server.received)
    assert [event_id for request in server.received for event_id in request.ids] == ids


@pytest.mark.parametrize("status", [HANG_UP, 429, 500, 503])
def test_a_failure_is_tried_again_with_the_same_events(start: Started, server: EventServer, status: int) -> None:
    server.statuses = [status, status]
    page = start()
    ids = click(page, 3)
    flush(page)
    assert len(server.received) == 1
    later = click(page, 1)
    until(lambda: len(server.received) == 3, between=lambda: page.clock.run_for(500))

    assert [request.ids for request in server.received] == [ids, ids + later, ids + later]
    assert server.received[0].body["events"] == server.received[2].body["events"][:3]


def test_waits_grow_with_each_failure(start: Started, server: EventServer) -> None:
    server.statuses = [503] * 4
    page = start()
    waits = page.evaluate(
        """async () => {
            const waits = [];
            const original = setTimeout;
            window.setTimeout = (run, wait) => { waits.push(wait); return original(run, wait); };
            events.click(null, "film");
            for (let n = 0; n < 4; n++) await events.flush();
            return waits.slice(1);
        }"""
    )

    assert all(500 * 2**n <= wait <= 1_000 * 2**n for n, wait in enumerate(waits))
    assert len(waits) == 4


@pytest.mark.parametrize("status", [400, 401, 413, 422])
def test_what_would_be_refused_for_ever_is_dropped_and_said(start: Started, server: EventServer, status: int) -> None:
    server.statuses = [status]
    page = start()
    refused = click(page, 2)
    flush(page)
    accepted = click(page, 1)
    flush(page)

    assert page.evaluate("dropped") == [[f"http_{status}", refused]]
    assert [request.ids for request in server.received] == [refused, accepted]


def test_the_queue_is_bounded_and_says_what_it_drops(start: Started, server: EventServer) -> None:
    server.statuses = [503]
    page = start(capacity=5)
    ids = click(page, 4)
    flush(page)
    ids += click(page, 4)
    dropped = [event_id for _, some in page.evaluate("dropped") for event_id in some]
    flush(page)

    assert dropped == ids[:3]
    assert {reason for reason, _ in page.evaluate("dropped")} == {"queue_full"}
    assert server.received[-1].ids == ids[3:]


def test_an_event_that_fills_a_batch_is_dropped_and_said(start: Started, server: EventServer) -> None:
    page = start()
    assert page.evaluate("events.click(null, 'x'.repeat(9000))") is None
    small = click(page, 1)
    flush(page)

    assert [reason for reason, _ in page.evaluate("dropped")] == ["too_large"]
    assert server.received[0].ids == small


def test_verdicts_are_passed_on(start: Started, server: EventServer) -> None:
    page = start()
    ids = click(page, 2)
    flush(page)

    assert page.evaluate("verdicts") == [{"event_id": event_id, "verdict": "accepted"} for event_id in ids]


def test_an_error_in_the_page_s_own_function_stops_no_sending(start: Started, server: EventServer) -> None:
    page = start()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(error.message))
    page.evaluate("events.close()")
    page.evaluate(
        """async () => {
            const { DiscoveryEvents } = await import("/discovery-events.js");
            window.events = new DiscoveryEvents({ endpoint: "/v1/events", onVerdict: () => { throw Error("mine"); } });
        }"""
    )
    ids = click(page, 150)
    flush(page)

    until(lambda: len(errors) == 150, between=lambda: page.evaluate("0"))  # a call lets Playwright pass errors on
    assert list(server.counts) == ids
    assert set(errors) == {"mine"}


def test_a_token_is_asked_for_at_each_send(start: Started, server: EventServer) -> None:
    page = start()
    page.evaluate(
        """async () => {
            const { DiscoveryEvents } = await import("/discovery-events.js");
            window.current = "first";
            window.events = new DiscoveryEvents({ endpoint: "/v1/events", token: async () => window.current });
        }"""
    )
    click(page, 1)
    flush(page)
    page.evaluate("window.current = 'second'")
    click(page, 1)
    flush(page)

    assert [request.authorization for request in server.received] == ["Bearer first", "Bearer second"]


def test_a_token_that_can_t_be_had_is_tried_again(start: Started, server: EventServer) -> None:
    page = start()
    page.evaluate(
        """async () => {
            const { DiscoveryEvents } = await import("/discovery-events.js");
            window.offline = true;
            const token = async () => { if (window.offline) throw Error("offline"); return "t"; };
            window.events = new DiscoveryEvents({ endpoint: "/v1/events", token });
        }"""
    )
    ids = click(page, 1)
    flush(page)
    assert server.received == []
    page.evaluate("window.offline = false")
    until(lambda: server.received, between=lambda: page.clock.run_for(500))

    assert [(request.authorization, request.ids) for request in server.received] == [("Bearer t", ids)]


def test_events_made_while_others_are_under_way_are_sent_once(start: Started, server: EventServer) -> None:
    page = start(interval=100)
    server.gate.clear()
    ids = click(page, 100)
    until(lambda: server.received)
    ids += click(page, 30)
    page.clock.run_for(1_000)
    server.gate.set()
    flush(page)
    until(lambda: len(server.received) >= 2)

    assert list(server.counts) == ids
    assert set(server.counts.values()) == {1}


def test_nothing_is_sent_watched_or_kept_under_global_privacy_control(start: Started, server: EventServer) -> None:
    page = start()
    page.context.add_init_script("Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { value: true })")
    page.evaluate("localStorage.setItem('discovery-events:ana', '[{\"action_name\": \"click\"}]')")
    page = start(persist="ana", interval=100)
    page.evaluate("document.body.innerHTML = '<div id=card style=height:100px>A film</div>'")
    assert click(page, 120) == [None] * 120
    page.evaluate("events.observe(document.querySelector('#card'), 's', 'film')")
    page.clock.run_for(5_000)
    assert page.evaluate("localStorage.length") == 0
    page.goto(f"{server.url}/next")

    assert server.received == []


def test_closing_sends_what_is_left_and_takes_no_more(start: Started, server: EventServer) -> None:
    page = start(token="t")
    ids = click(page, 2)
    page.evaluate("events.close()")
    assert click(page, 1) == [None]
    page.goto(f"{server.url}/next")

    assert [request.ids for request in server.received] == [ids]
