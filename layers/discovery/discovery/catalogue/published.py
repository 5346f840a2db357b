"""Opening a published catalogue: the bundle asked for or the current one, or the one before where that is bad.

Where none is asked for, the pointer is followed from then on.
"""

import tempfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from discovery.artefacts.folder import changes_id
from discovery.artefacts.followed import Followed
from discovery.artefacts.kind import Kind
from discovery.artefacts.opening import open_best
from discovery.artefacts.pointed import Pointed
from discovery.artefacts.store import Store, s3_client
from discovery.catalogue.bundle import Catalogue, open_catalogue, verify_bundle
from discovery.catalogue.changed import with_changes
from discovery.catalogue.changes import Changes
from discovery.catalogue.manifest import Manifest
from discovery.errors import BundleInvalid, CatalogueError, ChangesInvalid
from discovery.location import S3Prefix

FOLDER = "discovery-catalogues"
KEPT_SECONDS = 600.0
"""How long a catalogue is held after another one took its place, for those who are on its pages."""


def open_changed(bundle: Path, changes: bytes) -> Catalogue:
    """Open a bundle with changes laid over it.

    Raises:
        ChangesInvalid: the changes can't be used, or there is no room for what they add.
        BundleInvalid: the bundle can't be.
    """
    base = open_catalogue(bundle)
    try:
        return with_changes(base, Changes.parse(changes), changes_id(changes))
    except (ValueError, OSError) as error:  # Tantivy's errors are ValueErrors
        raise ChangesInvalid(f"changes can't be laid over {bundle}: {error}") from error


BUNDLES = Kind(
    name="catalogue",
    noun="bundle",
    opened=open_catalogue,
    verified=verify_bundle,
    checksums=lambda text, name: Manifest.parse(text, name).checksums,
    invalid=BundleInvalid,
    failed=CatalogueError,
    changed=open_changed,
)


def open_published(location: S3Prefix, folder: Path | None, wanted: str = "") -> Catalogue:
    """Fetch a bundle from under a prefix into a folder, the system's temporary one where None is given, and open it.

    `wanted` is its id; the pointer's where it is empty. No connection and no credential is kept: a snapshot may follow.

    Raises:
        BundleInvalid: neither it nor what the pointer names can be used; gives all reasons.
    """
    with closing(s3_client()) as client:
        return open_best(Store(client, location, BUNDLES), _folder(folder), wanted)


def followed[Opened](
    location: S3Prefix, folder: Path | None, made: Callable[[Catalogue], Opened], *, poll_seconds: float
) -> Followed[Opened]:
    """What is made of the catalogue that is current under a prefix, and of each that takes its place.

    It is made on the thread that fetches, so that no request waits for it.
    """
    source = Pointed(location, _folder(folder), BUNDLES.then(made))
    return Followed(source, poll_seconds=poll_seconds, kept_seconds=KEPT_SECONDS)


def _folder(folder: Path | None) -> Path:
    return folder or Path(tempfile.gettempdir()) / FOLDER
