"""An impression is half a card in view for a second, and is reported once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import Started
    from tests.browser.event_server import EventServer

FILMS = "".join(f"<div>Film {n}</div>" for n in range(6))
CARDS = f"<style>body{{margin:0}} div{{height:200px}}</style><main style=height:400px;overflow:auto>{FILMS}</main>"
DRAW = "(cards) => { document.body.innerHTML = cards; }"  # `set_content` would remove the page's listeners
OBSERVE = """() => document.querySelectorAll("div").forEach(
    (card, n) => events.observe(card, "search-1", `film-${n}`, n + 1))"""
# Observers are told in the order in which they were made: after this one, the client's knows what is in view.
SETTLE = """() => new Promise((resolve) => {
    const observer = new IntersectionObserver(() => { observer.disconnect(); resolve(); });
    observer.observe(document.body);
})"""


def opened(start: Started, **options: Any) -> Page:
    page = start(**options)
    page.evaluate(DRAW, CARDS)
    page.evaluate(OBSERVE)
    page.evaluate(SETTLE)
    return page


def scroll(page: Page, to: int) -> None:
    page.evaluate("(to) => { document.querySelector('main').scrollTop = to; }", to)
    page.evaluate(SETTLE)


def sent(page: Page, server: EventServer) -> list[tuple[str, int]]:
    page.evaluate("events.flush()")
    return [
        (event["event_attributes"]["object"]["object_id"], event["event_attributes"]["position"]["ordinal"])
        for request in server.received
        for event in request.body["events"]
    ]


def test_a_card_in_view_for_a_second_is_an_impression(start: Started, server: EventServer) -> None:
    page = opened(start)
    page.clock.run_for(999)
    assert sent(page, server) == []
    page.clock.run_for(1)
    assert sent(page, server) == [("film-0", 1), ("film-1", 2)]
    assert server.received[0].body["events"][0]["action_name"] == "impression"
    assert server.received[0].body["events"][0]["query_id"] == "search-1"


def test_the_page_is_told_of_each_event_that_is_queued(start: Started, server: EventServer) -> None:
    page = start()
    page.evaluate("events.close()")
    page.evaluate(
        """async () => {
            const { DiscoveryEvents } = await import("/discovery-events.js");
            window.queued = [];
            const onEvent = (event) => window.queued.push(JSON.parse(JSON.stringify(event)));
            window.events = new DiscoveryEvents({ endpoint: "/v1/events", onEvent });
        }"""
    )
    page.evaluate(DRAW, CARDS)
    page.evaluate(OBSERVE)
    page.evaluate(SETTLE)
    page.clock.run_for(1_000)
    page.evaluate("events.click('search-1', 'film-1', {position: 2})")
    page.evaluate("events.flush()")

    queued = page.evaluate("queued")
    assert [event["action_name"] for event in queued] == ["impression", "impression", "click"]
    assert queued == server.received[0].body["events"]


def test_less_than_half_a_card_is_none(start: Started, server: EventServer) -> None:
    page = opened(start)
    scroll(page, 101)  # 99 of 200 pixels of the first are in view, and 101 of the third
    page.clock.run_for(1_000)

    assert sorted(sent(page, server)) == [("film-1", 2), ("film-2", 3)]


def test_a_card_that_left_before_the_second_was_over_begins_anew(start: Started, server: EventServer) -> None:
    page = opened(start)
    page.clock.run_for(900)
    scroll(page, 400)
    page.clock.run_for(900)
    scroll(page, 0)
    page.clock.run_for(900)
    assert sent(page, server) == []
    page.clock.run_for(100)
    assert sent(page, server) == [("film-0", 1), ("film-1", 2)]


def test_a_card_counts_once_also_when_it_is_seen_or_drawn_again(start: Started, server: EventServer) -> None:
    page = opened(start)
    page.clock.run_for(1_000)
    scroll(page, 400)
    scroll(page, 0)
    page.clock.run_for(2_000)
    page.evaluate(DRAW, CARDS)
    page.evaluate(OBSERVE)
    page.evaluate(SETTLE)
    page.clock.run_for(2_000)

    assert sent(page, server) == [("film-0", 1), ("film-1", 2)]


def test_time_in_a_hidden_page_does_not_count(start: Started, server: EventServer) -> None:
    page = opened(start)
    show = """(state) => {
        Object.defineProperty(document, "visibilityState", { value: state, configurable: true });
        document.dispatchEvent(new Event("visibilitychange"));
    }"""
    page.clock.run_for(900)
    page.evaluate(show, "hidden")
    page.clock.run_for(500)
    assert sent(page, server) == []
    page.evaluate(show, "visible")
    page.evaluate(SETTLE)
    page.clock.run_for(1_000)

    assert sent(page, server) == [("film-0", 1), ("film-1", 2)]
