"""An engine whose client answers from memory."""

from collections.abc import Callable, Sequence
from typing import Any, cast

from opensearchpy import AsyncOpenSearch
from opensearchpy.exceptions import ConnectionError as NotConnected

from discovery.opensearch.engine import Answer, Body, Engine
from discovery.resilience.breaker import CircuitBreaker
from discovery.retrieval.opensearch.hits import Hits

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
        return {"responses": [{"took": 1} | _sorted(search, self._respond(search)) for search in body[1::2]]}


def engine_of(client: Client) -> Engine:
    breaker = CircuitBreaker("OpenSearch", failures=100, open_sec=1)
    return Engine(lambda: cast("AsyncOpenSearch", client), breaker, timeout_ms=1000)


def found(search: Body, *hits: dict[str, Any], **how: Any) -> Hits:
    """What a search found; `how`: the rest of its answer."""
    return Hits.of(search, answered(search, *hits, **how))


def answered(search: Body, *hits: dict[str, Any], **how: Any) -> Answer:
    """The answer to a search."""
    return Answer([_with_sort_values(search, one) for one in hits], **how)


def hit(content_id: str, score: float | None = None, **fields: Any) -> dict[str, Any]:
    values = {name: value if isinstance(value, list) else [value] for name, value in fields.items()}
    return {"_score": score, "fields": {"id": [content_id]} | values}


def _sorted(search: Body, answer: dict[str, Any]) -> dict[str, Any]:
    if "sort" not in search or not answer.get("hits", {}).get("hits"):
        return answer
    hits = [_with_sort_values(search, one) for one in answer["hits"]["hits"]]
    return answer | {"hits": answer["hits"] | {"hits": hits}}


def _with_sort_values(search: Body, of: dict[str, Any]) -> dict[str, Any]:
    known = {"_score": [of.get("_score")], **of["fields"]}
    return of | {"sort": [known.get(name, [0.0])[0] for by in search["sort"] for name in by]}
