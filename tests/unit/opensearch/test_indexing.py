"""Documents that OpenSearch has no room for at the moment are sent again, and one that it refuses ends the build."""

import json
import threading
from typing import Any, cast

import pytest
from opensearchpy import JSONSerializer, OpenSearch, TransportError

from discovery.errors import CatalogueError
from discovery.opensearch.indexing import BATCH, Indexing

DOCUMENTS = [(str(number), {"title": f"Film {number}"}) for number in range(3 * BATCH)]
_FULL: dict[str, Any] = {"status": 429, "error": {"type": "rejected_execution_exception", "reason": "queue is full"}}
_BAD: dict[str, Any] = {"status": 400, "error": {"type": "mapper_parsing_exception", "reason": "no such field"}}
_THERE: dict[str, Any] = {"status": 409, "error": {"type": "version_conflict_engine_exception", "reason": "is there"}}


class FakeOpenSearch:
    """Takes bulk requests of JSON Lines; what `failures` names is refused as often as it says."""

    serializer = JSONSerializer()

    def __init__(self, failures: dict[str, list[dict[str, Any]]] | None = None, *, busy: int = 0) -> None:
        self.failures = failures or {}
        self.busy = busy
        self.kept: dict[str, Any] = {}
        self.sizes: list[int] = []
        self._lock = threading.Lock()

    @property
    def transport(self) -> "FakeOpenSearch":
        return self

    def bulk(self, body: str) -> dict[str, Any]:
        with self._lock:
            if self.busy:
                self.busy -= 1
                raise TransportError(429, "too_many_requests")
            lines = [json.loads(line) for line in body.splitlines()]
            self.sizes.append(len(body))
            return {"items": [self._taken(*pair) for pair in zip(lines[::2], lines[1::2], strict=True)]}

    def _taken(self, action: dict[str, Any], source: dict[str, Any]) -> dict[str, Any]:
        id_ = action["index"]["_id"]
        if self.failures.get(id_):
            return {"index": {"_id": id_, **self.failures[id_].pop()}}
        self.kept[id_] = source
        return {"index": {"_id": id_, "status": 201}}


def indexing(fake: FakeOpenSearch) -> Indexing:
    return Indexing(cast("OpenSearch", fake), first_pause_sec=0)


def test_all_documents_arrive_and_each_is_told_of() -> None:
    fake, told = FakeOpenSearch(), list[int]()

    count = indexing(fake).fill("films", DOCUMENTS, told.append)

    assert count == sum(told) == len(DOCUMENTS)
    assert fake.kept == dict(DOCUMENTS)


def test_documents_that_there_is_no_room_for_now_are_sent_again() -> None:
    fake = FakeOpenSearch({"7": [_FULL, _FULL], "8": [_FULL]})

    assert indexing(fake).fill("films", DOCUMENTS) == len(DOCUMENTS)
    assert fake.kept == dict(DOCUMENTS)


def test_a_request_that_there_is_no_room_for_now_is_sent_again() -> None:
    fake = FakeOpenSearch(busy=3)

    assert indexing(fake).fill("films", DOCUMENTS) == len(DOCUMENTS)
    assert fake.kept == dict(DOCUMENTS)


@pytest.mark.parametrize(
    ("failures", "reason"), [([_BAD], "did not take '7': no such field"), ([_FULL] * 20, "did not take '7': queue is")]
)
def test_a_document_that_is_not_taken_is_an_error_that_names_it(failures: list[dict[str, Any]], reason: str) -> None:
    with pytest.raises(CatalogueError, match=reason):
        indexing(FakeOpenSearch({"7": failures})).fill("films", DOCUMENTS)


def test_a_request_has_a_few_megabytes_at_the_most() -> None:
    fake = FakeOpenSearch()

    indexing(fake).fill("films", ((str(number), {"overview": "x" * 50_000}) for number in range(BATCH)))

    assert len(fake.kept) == BATCH
    assert len(fake.sizes) > 1
    assert max(fake.sizes) <= 5 * 2**20


def test_a_source_that_fails_is_told_of_after_requests_that_were_begun() -> None:
    def documents() -> Any:
        yield from DOCUMENTS
        raise CatalogueError("no more of them")

    with pytest.raises(CatalogueError, match="no more of them"):
        indexing(FakeOpenSearch()).fill("films", documents())


def test_changes_tell_their_statuses_by_id_in_whatever_order_they_are_taken() -> None:
    fake = FakeOpenSearch({"1": [_FULL], "2": [_THERE]})
    actions = [{"_index": "films", "_id": str(number), "_source": {}} for number in range(4)]

    assert indexing(fake).change(actions, passed=(409,)) == {"0": 201, "1": 201, "2": 409, "3": 201}
