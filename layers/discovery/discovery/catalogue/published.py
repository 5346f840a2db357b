"""Opening a published catalogue: the current bundle, or the one before it where the current one is bad."""

import errno
import shutil
import tempfile
from contextlib import closing, suppress
from pathlib import Path

from discovery.catalogue.bundle import Catalogue, open_catalogue
from discovery.catalogue.bundle_store import BundleStore, s3_client
from discovery.catalogue.location import S3Prefix
from discovery.errors import BundleInvalid
from discovery.observability import logger, metrics

FOLDER = "discovery-catalogues"


def open_published(location: S3Prefix, folder: Path | None) -> Catalogue:
    """Fetch what is current under a prefix into a folder, the system's temporary one where None is given, and open it.

    No connection and no credential is kept: a snapshot may be taken after this.

    Raises:
        BundleInvalid: neither the current bundle nor the one before it can be used; names both reasons.
    """
    with closing(s3_client()) as client:
        return open_current(BundleStore(client, location), folder or Path(tempfile.gettempdir()) / FOLDER)


@metrics.flushed_after  # in the init phase no handler follows that would write the metric, least of all after an error
def open_current(store: BundleStore, folder: Path) -> Catalogue:
    """Open the bundle that the store's pointer names, or the one before it; a bundle is kept at `folder / id`.

    Raises:
        BundleInvalid: as above.
    """
    pointer = store.pointer()
    try:
        return _open(store, pointer.bundle, folder)
    except BundleInvalid as error:
        _refuse(pointer.bundle, error)
        if pointer.previous is None:
            raise
        refused = error
    try:
        return _open(store, pointer.previous, folder)
    except BundleInvalid as error:
        _refuse(pointer.previous, error)
        raise BundleInvalid(f"{refused}; and of the bundle before it: {error}") from error


def _refuse(bundle: str, error: BundleInvalid) -> None:
    metrics.count("CatalogueRefused")
    logger.error("catalogue refused", bundle=bundle, reason=str(error))


def _open(store: BundleStore, bundle: str, folder: Path) -> Catalogue:
    """Open a bundle from the folder where it is there and whole, else fetch it first."""
    kept = folder / bundle
    if kept.exists():
        try:
            return _verified(kept)
        except BundleInvalid as error:  # temporary folders are tidied, file by file
            logger.warning("kept catalogue fetched again", bundle=bundle, reason=str(error))
            _discard(kept)
    try:
        _fetch(store, bundle, kept)
    except OSError as error:
        raise BundleInvalid(f"{store.location}: bundle {bundle} can't be kept in {folder}: {_cause(error)}") from error
    try:
        return _verified(kept)
    except BundleInvalid:
        _discard(kept)  # or there might be no room for the other one
        raise


def _verified(kept: Path) -> Catalogue:
    catalogue = open_catalogue(kept)
    if catalogue.bundle != kept.name:
        raise BundleInvalid(f"{kept}: the manifest is damaged, it is another than the bundle is named after")
    return catalogue


def _fetch(store: BundleStore, bundle: str, kept: Path) -> None:
    """Download beside the bundle's place and move it there, so that it is there whole or not at all."""
    kept.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=f".{bundle}-", dir=kept.parent))
    try:
        store.fetch(bundle, scratch)
        try:
            scratch.rename(kept)
        except OSError:
            if not kept.exists():  # else another process was quicker, and its bundle is as good
                raise
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _discard(kept: Path) -> None:
    """Move a bundle out of the way before it is removed file by file; a process that has it open keeps reading it."""
    aside = Path(tempfile.mkdtemp(prefix=f".{kept.name}-", dir=kept.parent))
    with suppress(FileNotFoundError):  # another process has done so
        kept.rename(aside / kept.name)
    shutil.rmtree(aside, ignore_errors=True)


def _cause(error: OSError) -> str:
    if error.errno == errno.ENOSPC:
        return (
            "no space left; Lambda's /tmp holds 512 MB unless the function's EphemeralStorage is larger, "
            "which SnapStart rules out"
        )
    return str(error)
