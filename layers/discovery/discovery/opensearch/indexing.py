"""Filling new indices: many documents a request, several requests at once, and none that is lost."""

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import batched
from typing import TYPE_CHECKING, Any

from discovery.errors import CatalogueError
from discovery.opensearch.documents import Document
from discovery.opensearch.mapping import REFRESH_INTERVAL

if TYPE_CHECKING:
    from opensearchpy import OpenSearch

Action = dict[str, Any]
"""One change, as the bulk helpers of opensearch-py take it."""
Told = Callable[[int], None]
"""Told how many more documents are indexed."""

BATCH = 512
"""Documents that are made, and then sent, together."""
_MOST_BYTES = 5 * 2**20
"""Of one request; OpenSearch's guide to tuning for indexing speed begins with 5 MiB."""
_SENDERS = 4
"""Requests at once."""
_RETRIES = 6
"""Of documents that OpenSearch has no room for at the moment (status 429), after 1, 2, 4 … 32 seconds."""
_HEALTH_SECONDS = 30
_HEALTH_TRIES = 20


class Indexing:
    """Makes indices and fills them; its methods raise what the client raises, and `CatalogueError`."""

    def __init__(
        self, client: "OpenSearch", *, first_pause_sec: int = 1, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._client = client
        self._first_pause_sec = first_pause_sec
        self._sleep = sleep

    def create(self, index: str, body: dict[str, Any]) -> None:
        """Make an index that nothing is searched in yet: without refreshes, and without replicas to write to."""
        idle = {"index.refresh_interval": "-1", "index.number_of_replicas": 0}
        self._client.indices.create(index=index, body=body | {"settings": body["settings"] | idle})

    def fill(self, index: str, documents: Iterable[tuple[str, Document]], told: Told = lambda _: None) -> int:
        """Index documents under their ids; returns how many."""
        actions = ({"_index": index, "_id": id_, "_source": document} for id_, document in documents)
        count = 0
        for statuses in self._sent(actions, ()):
            told(len(statuses))
            count += len(statuses)
        return count

    def change(self, actions: Iterable[Action], *, passed: Sequence[int]) -> dict[str, int]:
        """Make changes, each of another document; returns their statuses by the documents' ids.

        `passed`: statuses that are no failure: 404 where what is deleted is not there, 409 where what is made is.

        Raises:
            CatalogueError: a change failed; says the first one's reason.
        """
        return {id_: status for statuses in self._sent(actions, passed) for id_, status in statuses.items()}

    def finish(self, counts: dict[str, int], *, replicas: int) -> None:
        """Make filled indices fit for searches: one segment a shard, complete, refreshed, with replicas, and allocated.

        `counts`: the documents that each index is to have; `replicas`: as many, as far as there are nodes for them.
        """
        indices = ",".join(counts)
        self._merge(indices)
        self._client.indices.refresh(index=indices)
        for index, expected in counts.items():
            there = self._client.count(index=index)["count"]
            if there != expected:
                raise CatalogueError(f"{index} has {there} documents and should have {expected}")
        ready = {"index.refresh_interval": REFRESH_INTERVAL, "index.auto_expand_replicas": f"0-{replicas}"}
        self._client.indices.put_settings(index=indices, body=ready)
        self._await_health(indices)

    def _sent(self, actions: Iterable[Action], passed: Sequence[int]) -> Iterator[dict[str, int]]:
        """Send batches, a few at once, so that the next is made meanwhile; yields the statuses of each, by id."""
        waiting: deque[Future[dict[str, int]]] = deque()
        with ThreadPoolExecutor(_SENDERS) as senders:
            try:
                for batch in batched(actions, BATCH, strict=False):
                    waiting.append(senders.submit(self._send, batch, passed))
                    if len(waiting) > _SENDERS:
                        yield waiting.popleft().result()
                while waiting:
                    yield waiting.popleft().result()
            finally:
                senders.shutdown(cancel_futures=True)

    def _send(self, actions: Iterable[Action], passed: Sequence[int]) -> dict[str, int]:
        from opensearchpy.helpers import streaming_bulk  # noqa: PLC0415 - functions don't build

        answers = streaming_bulk(
            self._client,
            actions,
            chunk_size=BATCH,
            max_chunk_bytes=_MOST_BYTES,
            max_retries=_RETRIES,
            initial_backoff=self._first_pause_sec,
            raise_on_error=False,  # or none that is refused for now would be sent again
        )
        statuses = {}
        for is_done, answer in answers:
            said = next(iter(answer.values()))
            if not is_done and said["status"] not in passed:
                raise CatalogueError(f"OpenSearch did not take {said['_id']!r}: {_why(said)}")
            statuses[said["_id"]] = said["status"]
        return statuses

    def _merge(self, indices: str) -> None:
        """As a task that is asked after: of many titles it takes longer than any connection lasts."""
        task = self._client.indices.forcemerge(index=indices, max_num_segments=1, wait_for_completion=False)["task"]
        pause = 0.1
        while not (said := self._client.tasks.get(task_id=task))["completed"]:
            self._sleep(pause)
            pause = min(2 * pause, 5.0)
        failed = said.get("response", {}).get("_shards", {}).get("failed", 0)
        if "error" in said or failed:
            raise CatalogueError(
                f"OpenSearch could not merge {indices}: {said.get('error', f'{failed} shards failed')}"
            )

    def _await_health(self, indices: str) -> None:
        for _ in range(_HEALTH_TRIES):
            health = self._client.cluster.health(
                index=indices,
                wait_for_status="green",
                timeout=f"{_HEALTH_SECONDS}s",
                request_timeout=2 * _HEALTH_SECONDS,
            )
            if health["status"] == "green":
                return
        raise CatalogueError(f"{indices}: not all shards are allocated after {_HEALTH_TRIES * _HEALTH_SECONDS} s")


def _why(said: dict[str, Any]) -> str:
    error = said.get("error") or f"status {said['status']}"
    return str(error.get("reason", error)) if isinstance(error, dict) else str(error)
