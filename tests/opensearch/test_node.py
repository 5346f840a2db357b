"""The node is a real OpenSearch that has what a house of retrieval needs of one."""

import json
import urllib.request
from typing import Any

import pytest

from local.opensearch.assembly import version

VECTORS = {"east": ([1.0, 0.0], "warm"), "north": ([0.0, 1.0], "cold"), "north-east": ([0.6, 0.8], "cold")}
INDEX = {
    "settings": {"index": {"knn": True, "number_of_shards": 1, "number_of_replicas": 0}},
    "mappings": {
        "properties": {
            "climate": {"type": "keyword"},
            "direction": {
                "type": "knn_vector",
                "dimension": 2,
                "method": {"name": "hnsw", "engine": "lucene", "space_type": "innerproduct"},
            },
        }
    },
}


def asked(url: str, method: str = "GET", body: object = None) -> Any:
    lines = body if isinstance(body, list) else [body]
    data = "".join(json.dumps(line) + "\n" for line in lines).encode() if body is not None else None
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"}, method=method)  # noqa: S310
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - 127.0.0.1
        return json.load(answer)


@pytest.fixture
def index(node: str) -> str:
    """URL of an index of `VECTORS`."""
    asked(f"{node}/directions", "PUT", INDEX)
    lines: list[object] = []
    for name, (direction, climate) in VECTORS.items():
        lines += [{"index": {"_id": name}}, {"direction": direction, "climate": climate}]
    assert not asked(f"{node}/directions/_bulk?refresh=true", "POST", lines)["errors"]
    return f"{node}/directions"


def test_it_is_the_version_that_was_asked_for(node: str) -> None:
    said = asked(node)["version"]

    assert (said["distribution"], said["number"]) == ("opensearch", version())


def test_the_nearest_are_found_among_those_that_pass_a_filter(index: str) -> None:
    nearest = {"vector": [1.0, 0.0], "k": 2, "filter": {"term": {"climate": "cold"}}}

    hits = asked(f"{index}/_search", "POST", {"query": {"knn": {"direction": nearest}}})["hits"]["hits"]

    assert [hit["_id"] for hit in hits] == ["north-east", "north"]
    assert hits[0]["_score"] == pytest.approx(1 + 0.6)  # Lucene's of an inner product that is not negative
