"""Invocations of the search function, as API Gateway sends them, and what it answered."""

import importlib.util
import json
from collections import Counter
from collections.abc import Callable
from http.client import HTTPMessage
from typing import Any
from urllib.parse import urlencode

from local.stack.environment import LambdaContext
from local.stack.function import ACCOUNT, REGION
from local.stack.processes import ROOT

QUERIES = (
    "a love story in wartime",
    "crime and revenge in the city",
    "family comedy about growing up",
    "young woman leaves home for new york",
    "space adventure on a distant planet",
    "detective hunts a killer",
    "friends on a road trip",
    "an old soldier comes home",
)
"""Broad: each finds more than a hundred candidates in any catalogue of some hundreds."""
WANTED_CANDIDATES = 100

Handler = Callable[[dict[str, Any], LambdaContext], dict[str, Any]]
Event = dict[str, Any]


def search_event(query: str, token: str | None = None, **parameters: str) -> Event:
    """`GET /v1/search` in payload format 2.0, after the project's own example event."""
    event: Event = json.loads((ROOT / "events" / "search-get.json").read_text())
    asked = {"query": query, **parameters}
    event["rawQueryString"] = urlencode(asked)
    event["queryStringParameters"] = asked
    event["headers"].pop("authorization", None)
    if token is not None:
        event["headers"]["authorization"] = f"Bearer {token}"
    return event


def context() -> LambdaContext:
    """The second argument of a handler."""
    headers = HTTPMessage()
    headers["Lambda-Runtime-Aws-Request-Id"] = "00000000-0000-4000-8000-000000000000"
    headers["Lambda-Runtime-Invoked-Function-Arn"] = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:bench"
    headers["Lambda-Runtime-Deadline-Ms"] = "0"
    return LambdaContext(headers)


def search_function() -> Any:
    """The search function's module, by path, as Lambda loads it."""
    file = ROOT / "functions" / "search" / "app.py"
    spec = importlib.util.spec_from_file_location("search_app", file)
    if spec is None or spec.loader is None:
        raise ImportError(f"{file} can't be loaded")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


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
        if self._answer is None:
            return
        block = body(self._answer)["personalization"]
        source = "cached" if block["from_cache"] == block["candidates"] else "asked"
        self.outcomes[f"{block['status']}, {block['reason'] or source}"] += 1
        self._answer = None

    def outcome_note(self) -> str:
        """What the answers said, for the page."""
        return "; ".join(f"{count} × {outcome}" for outcome, count in self.outcomes.most_common())


def body(answer: dict[str, Any]) -> dict[str, Any]:
    """The body of an answer.

    Raises:
        RuntimeError: it is no 200, so that no figure of it would mean anything.
    """
    if answer["statusCode"] != 200:  # noqa: PLR2004 - HTTP's
        raise RuntimeError(f"the search function answered {answer['statusCode']}: {answer.get('body')}")
    found: dict[str, Any] = json.loads(answer["body"])
    return found
