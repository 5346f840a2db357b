"""Changes of single titles of the bundle that is current under a prefix: environments see them when they poll next.

They last until the next bundle is published. Where that one was built with changes merged, those that were made since
stay.
"""

import io
from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from discovery.artefacts.moving import Change, Mover
from discovery.artefacts.pointer import Pointer
from discovery.artefacts.store import Store
from discovery.catalogue.changes import Changes
from discovery.catalogue.content import Content
from discovery.catalogue.documents import IDS_FILE, places_of
from discovery.catalogue.manifest import Manifest
from discovery.catalogue.published import BUNDLES
from discovery.errors import CatalogueError
from discovery.location import S3Prefix

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


class LiveBundle:
    """What is current under a prefix.

    Methods raise `CatalogueError` when S3 refuses or does not answer, or when what it holds can't be used.
    """

    def __init__(self, client: "S3Client", location: S3Prefix) -> None:
        self._store = Store(client, location, BUNDLES)
        self._pointer = Mover(client, location, BUNDLES)
        self._location = location

    def changes(self) -> Changes:
        """What lies over the current bundle; nothing where none is published."""
        return Changes.parse(self._pointer.laid_over(self._pointer.seen().pointer))

    def put(self, contents: Iterable[Content]) -> Pointer:
        """Add titles, or exchange those that have the same ids.

        Raises:
            CatalogueError: nothing is published, or there would be too many changes.
        """
        contents = list(contents)
        return self._pointer.change(lambda text: Changes.parse(text).put(contents).text())

    def delete(self, ids: Sequence[str]) -> tuple[Pointer, list[str]]:
        """Remove titles; returns ids that there were none of, too.

        Raises:
            CatalogueError: nothing is published, or there would be too many changes, or another bundle was published
                meanwhile.
        """
        bundle = self._current().bundle
        built = self._built(bundle, ids)
        unknown: list[str] = []

        def deleted(text: bytes | None) -> bytes | None:
            changes = Changes.parse(text)
            unknown[:] = [id_ for id_ in ids if not changes.has(id_, built)]
            return changes.delete(ids, built).text()

        return self._pointer.change(deleted, bundle), unknown

    def _current(self) -> Pointer:
        pointer = self._pointer.seen().pointer
        if pointer is None:
            raise CatalogueError(f"{self._location}: nothing is published")
        return pointer

    def _built(self, bundle: str, ids: Sequence[str]) -> Collection[str]:
        """Those of the ids that a bundle has."""
        return places_of(ids, np.load(io.BytesIO(self._store.file(bundle, IDS_FILE)))).keys()


def left_over(manifest: Manifest) -> Change:
    """Makes of what lies over a bundle what is to lie over another one of a manifest: what it was built without since.

    Nothing, where it was built without any.
    """

    def left(text: bytes | None) -> bytes | None:
        return Changes.parse(text).without(manifest.merged).text() if manifest.merged else None

    return left
