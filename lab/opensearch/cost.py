"""What a search in OpenSearch costs: requests, the time that it says its own part took, and what is on top."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from opensearchpy import AsyncOpenSearch

from discovery.composition.search import SearchService
from lab.opensearch.catalogue import search


@dataclass(frozen=True)
class Cost:
    """Of one search."""

    requests: int
    took_ms: float
    """What OpenSearch says, of all requests."""
    on_top_ms: float
    """All the rest until there is an answer."""
    cpu_ms: float
    """That this process used."""


class Took:
    """What OpenSearch says that its searches took, while one listens."""

    def __init__(self) -> None:
        self.milliseconds = 0.0
        self.requests = 0

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Add up what every search of this process takes."""
        asked = AsyncOpenSearch.msearch

        async def msearch(client: AsyncOpenSearch, *args: Any, **kwargs: Any) -> Any:
            said = await asked(client, *args, **kwargs)
            self.milliseconds += said.get("took", 0)
            self.requests += 1
            return said

        AsyncOpenSearch.msearch = msearch  # type: ignore[method-assign]
        try:
            yield
        finally:
            AsyncOpenSearch.msearch = asked  # type: ignore[method-assign]


def cost_of(service: SearchService, took: Took, query: str) -> Cost:
    """Search, while one listens."""
    took.milliseconds, took.requests = 0.0, 0
    began, cpu_began = time.perf_counter(), time.process_time()
    search(service, query)
    in_all_ms, cpu_ms = (time.perf_counter() - began) * 1000, (time.process_time() - cpu_began) * 1000
    return Cost(took.requests, took.milliseconds, in_all_ms - took.milliseconds, cpu_ms)
