"""Searches as contestants: a handler with some events, and the queries whose events they are."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from lab.environments.inline import Environment
from lab.environments.invocation import QUERIES, Event, Handler, body, context, outcome, search_event

USER = "ana"
WANTED_CANDIDATES = 100


@dataclass(frozen=True)
class Window:
    """A query, and the contents that are personalized for it."""

    query: str
    content_ids: list[str]


def windows(environment: Environment, wanted: int) -> list[Window]:
    """Queries that have a whole window of candidates in this catalogue.

    Raises:
        RuntimeError: the catalogue is too small for that.
    """
    found = []
    for query in QUERIES:
        results = environment.search(query, page_size=str(WANTED_CANDIDATES)).body["results"]
        if len(results) == WANTED_CANDIDATES:
            found.append(Window(query, [result["content"]["id"] for result in results]))
    if not found:
        raise RuntimeError(f"no query finds {WANTED_CANDIDATES} candidates in this catalogue")
    return found[:wanted]


def events(of: list[Window], token: str | None = None) -> list[Event]:
    """The searches for these windows; anonymous ones without a token."""
    return [search_event(window.query, token) for window in of]


class Search:
    """A handler with a list of events to choose from; notes what each answer said of personalization."""

    def __init__(self, handler: Handler, events: list[Event]) -> None:
        self._handler = handler
        self._events = events
        self._context = context()
        self._answer: dict[str, Any] | None = None
        self.chosen = 0
        self.outcomes: Counter[str] = Counter()
        """Answers by status, reason and where the scores came from."""

    def __call__(self) -> None:
        """Search."""
        self._answer = self._handler(self._events[self.chosen], self._context)

    def note(self) -> None:
        """Read the last answer, outside what is timed."""
        if self._answer is not None:
            self.outcomes[outcome(body(self._answer)["personalization"])] += 1
            self._answer = None

    def outcome_note(self) -> str:
        """What the answers said, for the page."""
        return listed(self.outcomes)


def listed(outcomes: Counter[str]) -> str:
    """How many answers said what, the most frequent first."""
    return "; ".join(f"{count} × {outcome}" for outcome, count in outcomes.most_common())
