"""Building a catalogue in OpenSearch, completely or not at all, and going back to the version before."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from itertools import batched
from typing import TYPE_CHECKING

from discovery.catalogue.columns import vocabulary
from discovery.catalogue.content import Content
from discovery.catalogue.embeddings import EmbeddingModel, embedded_text
from discovery.errors import CatalogueError
from discovery.opensearch.about import About
from discovery.opensearch.aliases import Aliases
from discovery.opensearch.connecting import reported
from discovery.opensearch.documents import Document, name_documents, title_document
from discovery.opensearch.indexing import BATCH, Indexing
from discovery.opensearch.mapping import names_index, titles_index
from discovery.opensearch.versions import Version, index_of, names_of, version_id

if TYPE_CHECKING:
    from opensearchpy import OpenSearch

Progress = Callable[[str, int], None]
"""Told of a step, `titles` or `names`, and how many more documents are indexed."""


class Publication:
    """The versions below one alias. Every method raises `CatalogueError` when OpenSearch refuses or does not answer."""

    def __init__(
        self, client: "OpenSearch", alias: str, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._aliases = Aliases(client, alias)
        self._indexing = Indexing(client)
        self._now = now

    def build(
        self,
        contents: Sequence[Content],
        model: EmbeddingModel,
        *,
        again: bool = False,
        shards: int = 1,
        replicas: int = 1,
        progress: Progress = lambda *_: None,
    ) -> Version | None:
        """Index contents anew and switch to them; None where just these are current, unless they are built `again`.

        Until the switch nobody reads the new indices. Where it fails they are removed, and what is current stays.

        Raises:
            CatalogueError: there are no contents.
        """
        if not contents:
            raise CatalogueError("the source has no usable lines")
        with reported():
            name = version_id(contents, model)
            current = self._aliases.at("current")
            if current is not None and current.id == name and not again:
                return None
            about = self._about(name, contents, model)
            index = index_of(self._aliases.alias, name, about.built_at)
            with self._appearing_whole(Version(index, about.model_dump(mode="json"))) as version:
                self._indexing.create(index, titles_index(model.dimensions, version.told, shards=shards))
                self._indexing.create(about.names, names_index())
                counts = self._fill(version, contents, model, progress)
                self._indexing.finish(counts, replicas=replicas)
        return version

    def roll_back(self) -> Version:
        """Swap the current version and the one before it; returns what is current then."""
        with reported():
            previous = self._aliases.at("previous")
            if previous is None:
                raise CatalogueError(f"{self._aliases.alias}: there is no previous version")
            self._aliases.switch_to(previous, self._now())
        return previous

    def status(self) -> list[Version]:
        """All versions, newest first, with their sizes."""
        with reported():
            return self._aliases.measured()

    def remove_old(self) -> list[Version]:
        """Remove versions older than the previous one, as soon as no environment holds them; returns them."""
        with reported():
            removed = [version for version in self._aliases.versions() if version.is_let_go(self._now())]
            for version in removed:
                self._aliases.remove(version)
        return removed

    def _about(self, name: str, contents: Sequence[Content], model: EmbeddingModel) -> About:
        built_at = self._now()
        return About(
            version=name,
            count=len(contents),
            model=model.name,
            dimensions=model.dimensions,
            genres=tuple(vocabulary(content.genres for content in contents)),
            platforms=tuple(vocabulary(content.platforms for content in contents)),
            built_at=built_at,
            names=names_of(index_of(self._aliases.alias, name, built_at)),
        )

    @contextmanager
    def _appearing_whole(self, version: Version) -> Iterator[Version]:
        """Switch to a version when the block succeeds; remove it when the block or the switch fails."""
        try:
            yield version
            self._aliases.switch_to(version, self._now())
        except BaseException:  # also Ctrl-C
            with suppress(Exception):  # what failed is what is told
                self._aliases.remove(version)
            raise

    def _fill(
        self, version: Version, contents: Sequence[Content], model: EmbeddingModel, progress: Progress
    ) -> dict[str, int]:
        """Index everything; returns how many documents each index is to have."""
        titles, names = version.indices
        return {
            titles: self._indexing.fill(titles, embedded(contents, model), lambda done: progress("titles", done)),
            names: self._indexing.fill(names, name_documents(contents), lambda done: progress("names", done)),
        }


def embedded(contents: Sequence[Content], model: EmbeddingModel) -> Iterator[tuple[str, Document]]:
    """The documents of titles with their vectors, by their ids."""
    for batch in batched(contents, BATCH, strict=False):
        vectors = model.embed([embedded_text(content) for content in batch])
        for content, vector in zip(batch, vectors, strict=True):
            yield content.id, title_document(content, vector)
