"""What is queued when a page is left reaches the API: by a beacon, or from the next page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.event_server import EventServer
from tests.browser.waiting import until

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

    from tests.browser.conftest import Started

CLICK = "(times) => Array.from({length: times}, (_, i) => events.click('s', `film-${i}`))"
SHOW = """(state) => {
    Object.defineProperty(document, "visibilityState", { value: state, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
}"""


def click(page: Page, times: int = 1) -> list[str]:
    made: list[str] = page.evaluate(CLICK, times)
    return made


def test_leaving_a_page_sends_a_beacon_with_the_token_inside(start: Started, server: EventServer) -> None:
    page = start(token="a.b.c")
    ids = click(page, 3)
    page.goto(f"{server.url}/next")
    until(lambda: server.received)

    (request,) = server.received
    assert request.content_type.startswith("text/plain")
    assert request.authorization is None
    assert (request.body["token"], request.ids) == ("a.b.c", ids)


def test_closing_a_tab_sends_a_beacon(start: Started, server: EventServer) -> None:
    page = start()
    ids = click(page)
    page.close(run_before_unload=True)
    until(lambda: server.received)

    assert server.received[0].ids == ids
    assert "token" not in server.received[0].body


def test_a_hidden_page_sends_a_beacon_and_goes_on_when_it_is_back(start: Started, server: EventServer) -> None:
    page = start(interval=1_000)
    first = click(page)
    page.evaluate(SHOW, "hidden")
    until(lambda: server.received)
    page.evaluate(SHOW, "visible")
    second = click(page)
    page.clock.run_for(1_000)
    until(lambda: len(server.received) == 2)
    page.goto(f"{server.url}/next")

    assert [request.ids for request in server.received] == [first, second]


def test_what_is_under_way_is_not_sent_again_by_the_beacon(start: Started, server: EventServer) -> None:
    page = start()
    server.gate.clear()
    under_way = click(page, 100)
    until(lambda: server.received)
    queued = click(page, 5)
    page.evaluate(SHOW, "hidden")
    until(lambda: len(server.received) == 2)
    server.gate.set()
    page.goto(f"{server.url}/next")

    assert [request.ids for request in server.received] == [under_way, queued]


def test_a_beacon_keeps_within_what_browsers_take(start: Started, server: EventServer) -> None:
    page = start(token="t" * 1_500, application="ü" * 2_000)
    ids = click(page, 14)
    page.goto(f"{server.url}/next")
    until(lambda: server.received)

    assert server.received[0].size <= 60 * 1024
    assert server.received[0].ids == ids[: len(server.received[0].ids)]


def test_a_token_given_late_is_known_before_the_page_is_left(start: Started, server: EventServer) -> None:
    page = start()
    page.evaluate(
        """async () => {
            const { DiscoveryEvents } = await import("/discovery-events.js");
            const token = () => Promise.resolve("late");
            window.events = new DiscoveryEvents({ endpoint: "/v1/events", token });
        }"""
    )
    click(page)
    page.goto(f"{server.url}/next")
    until(lambda: server.received)

    assert server.received[0].body["token"] == "late"


def test_what_was_left_offline_is_sent_by_the_next_page(
    start: Started, server: EventServer, context: BrowserContext
) -> None:
    page = start(persist="ana")
    context.set_offline(True)
    ids = click(page, 3)
    page.evaluate(SHOW, "hidden")
    assert page.evaluate("Object.keys(localStorage)") == ["discovery-events:ana"]
    page.close()
    context.set_offline(False)
    assert server.received == []

    for person in ("ben", "ana", "ana"):
        other = start(persist=person, interval=100)
        other.clock.run_for(200)
        other.evaluate("events.flush()")
    assert [request.ids for request in server.received] == [ids]
    assert other.evaluate("localStorage.length") == 0


def test_what_is_stored_while_hidden_belongs_to_whichever_page_takes_it(start: Started, server: EventServer) -> None:
    server.statuses = [503]
    page = start(persist="ana")
    ids = click(page, 2)
    page.evaluate("events.flush()")
    page.evaluate(SHOW, "hidden")
    other = start(persist="ana")
    other.evaluate("events.flush()")
    page.evaluate(SHOW, "visible")
    page.clock.run_for(120_000)
    page.evaluate("events.flush()")

    assert [request.ids for request in server.received] == [ids, ids]  # the refused one, and the other page's


@pytest.mark.parametrize("kept", ["no JSON", "null", "{}", "7"])
def test_a_store_with_something_else_in_it_does_no_harm(start: Started, server: EventServer, kept: str) -> None:
    page = start()
    page.evaluate("(kept) => localStorage.setItem('discovery-events:ana', kept)", kept)
    page = start(persist="ana")
    ids = click(page)
    page.evaluate("events.flush()")

    assert [request.ids for request in server.received] == [ids]
