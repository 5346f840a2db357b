"""The loop closed, in the page of a real local stack: search, click, act → a verdict, the profile, the next order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.browser.waiting import until

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Locator, Page


def opened(context: BrowserContext, url: str, person: str) -> Page:
    page = context.new_page()
    page.goto(url)
    page.get_by_role("combobox", name="Search as").select_option(person)
    return page


def search(page: Page, query: str) -> None:
    page.get_by_role("combobox", name="Search films and series").fill(query)
    page.get_by_role("button", name="Search", exact=True).click()
    # Not merely other cards than before: the page searches by itself, too, when somebody else is chosen.
    until(lambda: page.locator("#results").get_attribute("data-query") == query)
    until(lambda: page.locator(".card").count() == 10)


def order(page: Page) -> list[str]:
    found: list[str] = page.locator(".card h3").all_inner_texts()
    return found


def verdict(page: Page, event: str) -> Locator:
    """What the page says of the newest event of this text, once the API has answered."""
    row = page.locator("#events > li").filter(has_text=event).first
    row.locator(".badge").first.wait_for()
    return row


def test_what_somebody_does_is_accepted_joined_and_changes_their_next_order(
    context: BrowserContext, page_url: str
) -> None:
    page = opened(context, page_url, "ana")
    search(page, "space adventure")
    before = order(page)

    page.get_by_role("button", name=before[1], exact=True).click()
    page.get_by_role("button", name=f"Play: {before[1]}").click()
    opening = verdict(page, f"Opened {before[1]}").inner_text()
    assert "✓ accepted" in opening
    assert "✓ joined to the search" in opening
    assert "not used by the profile" in opening  # a click says that a title looked right, not that it was good
    assert "✓ used by the profile" in verdict(page, f"Played {before[1]}").inner_text()

    page.get_by_role("button", name=f"Not for me: {before[0]}").click()
    dismissal = verdict(page, f"Dismissed {before[0]}").inner_text()
    assert "✓ joined to the search" in dismissal
    assert "✓ used by the profile" in dismissal

    again = page.get_by_role("button", name="Search again")
    until(lambda: order(page)[0] != before[0], between=lambda: (again.click(), page.wait_for_timeout(300)))
    assert set(order(page)) & set(before)
    assert page.get_by_text("Ordered for ana").count() == 1


def test_cards_in_view_are_impressions_of_their_search(context: BrowserContext, page_url: str) -> None:
    page = opened(context, page_url, "ben")
    search(page, "love story")

    seen = verdict(page, f"Seen {order(page)[0]}").inner_text()
    assert "✓ accepted" in seen
    assert "✓ joined to the search" in seen


def test_what_was_done_just_before_leaving_changes_the_next_order(context: BrowserContext, page_url: str) -> None:
    page = opened(context, page_url, "chloe")
    search(page, "space adventure")
    before = order(page)
    with page.expect_navigation(url="**/docs"):
        page.evaluate(
            """() => {
                const buttons = [...document.querySelectorAll('[aria-label^="Not for me"]')];
                buttons.slice(0, 3).forEach((button) => button.click());
                location.href = "/docs";
            }"""
        )

    # No page sees what a beacon is answered, and not every browser tells its driver of one: it is seen in what follows.
    back = opened(context, page_url, "chloe")
    search(back, "space adventure")
    again = back.get_by_role("button", name="Search again")
    until(lambda: order(back)[:3] != before[:3], between=lambda: (again.click(), back.wait_for_timeout(300)))
    assert set(order(back)) & set(before)


def test_nobody_s_events_are_accepted_and_no_profile_uses_them(context: BrowserContext, page_url: str) -> None:
    page = opened(context, page_url, "")
    search(page, "courtroom")
    first = order(page)[0]
    page.get_by_role("button", name=f"Watched it all: {first}").click()

    said = verdict(page, f"Watched {first}").inner_text()
    assert "✓ accepted" in said
    assert "✓ joined to the search" in said
    assert "not used by the profile" in said
