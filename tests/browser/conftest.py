"""A real browser, the machine's own, and pages in it that hold the client."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.event_server import EventServer
from tests.browser.local_stack import running_stack

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

CANDIDATES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
MAKE_CLIENT = """async (options) => {
    const { DiscoveryEvents } = await import("/discovery-events.js");
    window.dropped = [];
    window.verdicts = [];
    window.events = new DiscoveryEvents({
        endpoint: "/v1/events",
        onDrop: (reason, events) => window.dropped.push([reason, events.map((e) => e.event_attributes.event_id)]),
        onVerdict: (verdict) => window.verdicts.push(verdict),
        ...options,
    });
}"""

Started = Callable[..., "Page"]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed here: run `make browser`")
    named = os.environ.get("CHROMIUM")
    executable = next((found for name in ([named] if named else CANDIDATES) if (found := shutil.which(name))), None)
    if executable is None:
        pytest.skip("no Chromium on this machine (apt-get install chromium, or make browser CHROMIUM=path)")
    # Root, which CI is, can't have Chromium's sandbox; the pages are our own.
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    with sync_api.sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"] if root else [])
        yield launched
        launched.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context()
    yield made
    made.close()


@pytest.fixture
def server() -> Iterator[EventServer]:
    with EventServer() as running:
        yield running


@pytest.fixture
def start(context: BrowserContext, server: EventServer) -> Started:
    """A function that opens a page with a client, `events`; time stands still in it until the test moves it on."""

    def started(**options: Any) -> Page:
        page = context.new_page()
        page.clock.install()
        page.goto(f"{server.url}/")
        page.clock.pause_at(page.evaluate("Date.now() / 1000 + 1"))
        page.evaluate(MAKE_CLIENT, options)
        return page

    return started


@pytest.fixture(scope="session")
def page_url(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where a local stack serves the test page; after `browser`, so that nothing is started where there is none."""
    bundle = os.environ.get("BUNDLE")
    if bundle is None:
        pytest.skip("no index bundle for the local stack: run `make browser`")
    with running_stack(Path(bundle), tmp_path_factory.mktemp("stack")) as url:
        yield url
