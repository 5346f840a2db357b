"""The search function in this process: the real handler, composed from settings alone.

`variables.adopt` comes before the import of this module.
"""

import contextlib
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from discovery.composition.search import SearchService, search_service
from discovery.lifecycle import exempt_from_collection
from discovery.settings.settings import Settings
from functions.search.app import make_handler
from lab.environments.invocation import Handler, context, search_event


@dataclass(frozen=True)
class Answer:
    """What one search brought and how long the whole of it took."""

    status: int
    milliseconds: float
    """Around the handler, on the monotonic clock."""
    body: dict[str, Any]

    @property
    def personalization(self) -> dict[str, Any]:
        """The block of that name; empty in an error."""
        found: dict[str, Any] = self.body.get("personalization", {})
        return found


class Environment:
    """The handler and the service behind it."""

    def __init__(self, service: SearchService) -> None:
        self.service = service
        self.handler: Handler = make_handler(lambda: service)

    def search(self, query: str, token: str | None = None, **parameters: str) -> Answer:
        """One search, from the event to the response."""
        event = search_event(query, token, **parameters)
        began = time.perf_counter()
        response = self.handler(event, context())
        elapsed = time.perf_counter() - began
        return Answer(response["statusCode"], elapsed * 1000, json.loads(response["body"]))


@contextlib.contextmanager
def environment(settings: Settings) -> Iterator[Environment]:
    """An environment as Lambda holds it, its service already made."""
    service = search_service(settings)
    exempt_from_collection()
    try:
        yield Environment(service)
    finally:
        service.close()
