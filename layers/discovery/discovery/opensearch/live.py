"""Changes of single titles in the current version: searches see them within a second or two.

They last until the next build, which is from its source alone. Names are suggested by weights that all titles give
together, so a new one but a title's comes last of all until then.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import batched
from typing import TYPE_CHECKING, Any

from discovery.catalogue.content import Content
from discovery.catalogue.embeddings import EmbeddingModel
from discovery.catalogue.lexicon import words_for_spelling
from discovery.catalogue.suggestions import suggestions_of
from discovery.errors import CatalogueError
from discovery.opensearch import mapping as fields
from discovery.opensearch.about import About
from discovery.opensearch.aliases import Aliases
from discovery.opensearch.connecting import reported
from discovery.opensearch.documents import (
    Document,
    name_document,
    name_id,
    title_name_id,
    weight_at,
    word_document,
    word_id,
)
from discovery.opensearch.indexing import BATCH, Action, Indexing
from discovery.opensearch.publication import embedded
from discovery.opensearch.versions import Version

if TYPE_CHECKING:
    from opensearchpy import OpenSearch

_NOT_FOUND, _CONFLICT = 404, 409
_LAST = 0
"""The weight of a name that comes after all others."""


class LiveCatalogue:
    """What is current below an alias. Every method raises `CatalogueError` when OpenSearch refuses or is silent."""

    def __init__(self, client: "OpenSearch", alias: str) -> None:
        self._client = client
        self._aliases = Aliases(client, alias)
        self._indexing = Indexing(client)

    def put(self, contents: Sequence[Content], model: EmbeddingModel) -> Version:
        """Add titles, or exchange those that have the same ids; returns the version that has them, for all to see.

        Raises:
            CatalogueError: there is no catalogue, or its vectors are another model's.
        """

        def change(version: Version) -> None:
            about = About.of(version.told, version.index)
            if (about.model, about.dimensions) != (model.name, model.dimensions):
                raise CatalogueError(f"{version.index} has vectors of {about.model}, and this model is {model.name}")
            titles, names = version.indices
            weights = self._weights(contents, titles)
            self._indexing.fill(titles, embedded(contents, model))
            self._indexing.change(_named(contents, weights, names), passed=(_NOT_FOUND, _CONFLICT))

        with reported():
            return self._changed(change)

    def delete(self, ids: Sequence[str]) -> tuple[Version, list[str]]:
        """Remove titles, and no longer suggest them; returns the version that lacks them, and ids that it did not have.

        People, genres, keywords and words that they alone had stay until the next build.
        """
        unknown: list[str] = []

        def change(version: Version) -> None:
            titles, names = version.indices
            gone = self._indexing.change((_delete(titles, id_) for id_ in ids), passed=(_NOT_FOUND,))
            unknown[:] = [id_ for id_ in ids if gone[id_] == _NOT_FOUND]
            self._indexing.change((_delete(names, title_name_id(id_)) for id_ in ids), passed=(_NOT_FOUND,))

        with reported():
            return self._changed(change), unknown

    def _changed(self, change: Callable[[Version], None]) -> Version:
        """Change what is current, and once more what took its place meanwhile."""
        while True:
            version = self._aliases.current()
            change(version)
            self._client.indices.refresh(index=",".join(version.indices))
            if self._aliases.current().index == version.index:
                return version

    def _weights(self, contents: Sequence[Content], titles: str) -> list[int]:
        """The weights of titles' suggestions: where their popularity puts them among all, after those of the same."""
        total = max(1, self._client.count(index=titles)["count"])
        weights: list[int] = []
        for batch in batched(contents, BATCH, strict=False):
            lines: list[object] = []
            for content in batch:
                others = {"must_not": {"term": {fields.ID: content.id}}}
                above = {"filter": {"range": {fields.POPULARITY: {"gte": content.popularity_score or 0.0}}}}
                body = {"size": 0, "track_total_hits": True, "query": {"bool": others | above}}
                lines += [{"index": titles}, body]
            answers = self._client.msearch(body=lines)["responses"]
            weights += (weight_at(_count(answer), total) for answer in answers)
        return weights


def _named(contents: Sequence[Content], weights: Sequence[int], names: str) -> Iterator[Action]:
    """The changes of the index of names: titles' suggestions are written, all others are made where they lack."""
    others: dict[str, Document] = {}
    for content, weight in zip(contents, weights, strict=True):
        suggestions = suggestions_of([content])
        title = suggestions.pop("title")
        if not title:
            yield _delete(names, title_name_id(content.id))
        for suggestion in title:
            yield _place(names, name_id(suggestion)) | {"_source": name_document(suggestion, weight)}
        for suggestion in (one for kind in suggestions.values() for one in kind):
            others.setdefault(name_id(suggestion), name_document(suggestion, _LAST))
        for word in words_for_spelling(content):
            others.setdefault(word_id(word), word_document(word, 1))
    for id_, document in others.items():
        yield _place(names, id_) | {"_op_type": "create", "_source": document}


def _count(answer: dict[str, Any]) -> int:
    if "error" in answer:
        raise CatalogueError(f"OpenSearch did not count titles: {answer['error'].get('reason')}")
    return int(answer["hits"]["total"]["value"])


def _delete(index: str, id_: str) -> Action:
    return _place(index, id_) | {"_op_type": "delete"}


def _place(index: str, id_: str) -> Action:
    return {"_index": index, "_id": id_}
