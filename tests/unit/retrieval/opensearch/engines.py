"""An engine whose client answers from memory."""

from collections.abc import Callable, Sequence
from typing import Any, cast

from opensearchpy import AsyncOpenSearch
from opensearchpy.exceptions import ConnectionError as NotConnected

from discovery.opensearch.engine import Body, Engine
from discovery.resilience.breaker import CircuitBreaker

Respond = Callable[[Body], dict[str, Any]]


class Client:
    """Stands for opensearch-py's; `respond` answers one search, and None is a server that can't be reached."""

    def __init__(self, respond: Respond | None) -> None:
        self.requests: list[list[Body]] = []
        self._respond = respond

    async def msearch(self, *, body: Sequence[Body], params: dict[str, Any]) -> dict[str, Any]:
        assert params["request_timeout"] > 0
        self.requests.append(list(body[1::2]))
        if self._respond is None:
            raise NotConnected("N/A", "refused", OSError())
        return {"responses": [{"took": 1} | self._respond(search) for search in body[1::2]]}


def engine_of(client: Client) -> Engine:
    breaker = CircuitBreaker("OpenSearch", failures=100, open_sec=1)
    return Engine(lambda: cast("AsyncOpenSearch", client), breaker, timeout_ms=1000)


def hit(content_id: str, score: float | None = None, **fields: Any) -> dict[str, Any]:
    values = {name: value if isinstance(value, list) else [value] for name, value in fields.items()}
    return {"_score": score, "fields": {"id": [content_id]} | values}
