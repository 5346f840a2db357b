"""The test page on a real local stack: searching, suggestions, and who it searches as."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.waiting import until

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page


@pytest.fixture
def page(context: BrowserContext, page_url: str) -> Page:
    opened = context.new_page()
    opened.goto(page_url)
    opened.locator(".card").first.wait_for()
    return opened


def search(page: Page, query: str) -> None:
    page.get_by_role("combobox", name="Search films and series").fill(query)
    page.get_by_role("button", name="Search", exact=True).click()


def titles(page: Page) -> list[str]:
    found: list[str] = page.locator(".card h3").all_inner_texts()
    return found


def test_it_browses_at_first_as_the_first_demo_user(page: Page) -> None:
    assert page.get_by_role("combobox", name="Search as").input_value() == "ana"
    assert len(titles(page)) == 10


def test_results_say_why_they_were_found(page: Page) -> None:
    search(page, "groundhog day")
    until(lambda: titles(page)[:1] == ["Groundhog Day"])

    card = page.locator(".card").first
    assert card.get_by_role("list", name="Why it was found").get_by_role("listitem").count() >= 1
    assert "relevance 1.00" in card.inner_text()


def test_nobody_gets_the_order_of_relevance(page: Page) -> None:
    page.get_by_role("combobox", name="Search as").select_option("")
    page.get_by_text("In the order of relevance").wait_for()

    assert len(titles(page)) == 10


def test_a_suggestion_is_chosen_by_keyboard(page: Page) -> None:
    box = page.get_by_role("combobox", name="Search films and series")
    box.press_sequentially("groundh")
    page.get_by_role("option", name="Groundhog Day 1993 title").wait_for()
    assert box.get_attribute("aria-expanded") == "true"
    box.press("ArrowDown")
    chosen = page.locator(f"#{box.get_attribute('aria-activedescendant')}")
    assert chosen.get_attribute("aria-selected") == "true"
    box.press("Enter")
    until(lambda: titles(page)[:1] == ["Groundhog Day"])

    assert box.input_value() == "Groundhog Day"
    assert page.get_by_role("listbox").count() == 0  # it is closed


def test_nothing_is_wider_than_a_small_phone(page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    search(page, "dr strangelove or how i learned to stop worrying and love the bomb")
    until(lambda: "Strangelove" in "".join(titles(page)))

    assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_what_the_api_answers_is_never_read_as_html(page: Page) -> None:
    hostile = "<img src=x onerror=window.hurt=1>"
    answer = {"prefix": "a", "corrected": None, "suggestions": [{"kind": "keyword", "text": hostile}]}
    page.route("**/v1/suggest?*", lambda route: route.fulfill(json=answer))
    page.get_by_role("combobox", name="Search films and series").press_sequentially("a")
    suggestions = page.get_by_role("listbox", name="Suggestions")
    suggestions.wait_for()

    assert hostile in suggestions.inner_text()
    assert page.evaluate("window.hurt") is None


def test_a_refused_search_is_told(page: Page) -> None:
    problem = {"status": 429, "title": "Too Many Requests", "detail": "try again in a second"}
    page.route("**/v1/search?*", lambda route: route.fulfill(status=429, json=problem))
    search(page, "heat")

    page.get_by_text("try again in a second").wait_for()
