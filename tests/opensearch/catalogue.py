"""The catalogue of the tests as a pair of indices."""

import json
import urllib.request
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from discovery.catalogue.columns import vocabulary
from discovery.catalogue.content import Content
from discovery.catalogue.embeddings import EmbeddingModel, embedded_text
from discovery.opensearch import documents, mapping
from discovery.opensearch.about import About


def asked(url: str, method: str, lines: Iterable[object]) -> dict[str, object]:
    data = "".join(json.dumps(line) + "\n" for line in lines).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/x-ndjson"}, method=method)  # noqa: S310
    if method == "PUT":
        request.add_header("Content-Type", "application/json")
    with urllib.request.urlopen(request, timeout=300) as answer:  # noqa: S310 - 127.0.0.1
        said: dict[str, object] = json.load(answer)
    return said


def indexed(node: str, contents: Sequence[Content], model: EmbeddingModel, titles: str) -> About:
    """Index contents; what is told of them."""
    about = About(
        version="0" * 16,
        count=len(contents),
        model=model.name,
        dimensions=model.dimensions,
        genres=tuple(vocabulary(content.genres for content in contents)),
        platforms=tuple(vocabulary(content.platforms for content in contents)),
        built_at=datetime.now(UTC),
        names=f"{titles}-names",
    )
    told = about.model_dump(mode="json")
    asked(f"{node}/{titles}", "PUT", [mapping.titles_index(model.dimensions, told, replicas=0)])
    asked(f"{node}/{about.names}", "PUT", [mapping.names_index(replicas=0)])
    for start in range(0, len(contents), 500):
        batch = contents[start : start + 500]
        vectors = model.embed([embedded_text(content) for content in batch])
        _bulk(node, titles, ((c.id, documents.title_document(c, v)) for c, v in zip(batch, vectors, strict=True)))
    names = list(documents.name_documents(contents))
    for start in range(0, len(names), 5000):
        _bulk(node, about.names, names[start : start + 5000])
    return about


def _bulk(node: str, index: str, of: Iterable[tuple[str, documents.Document]]) -> None:
    lines = [line for name, document in of for line in ({"index": {"_id": name}}, document)]
    said = asked(f"{node}/{index}/_bulk?refresh=true", "POST", lines)
    assert not said["errors"], [item for item in said["items"] if "error" in item["index"]][:2]  # type: ignore[attr-defined]
