"""Opening a published catalogue: the bundle asked for or the current one, or the one before where that is bad."""

import errno
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

from discovery.catalogue.bundle import Catalogue, open_catalogue
from discovery.catalogue.store import BundleStore, s3_client
from discovery.errors import BundleInvalid
from discovery.location import S3Prefix
from discovery.observability import logger, metrics

FOLDER = "discovery-catalogues"


def open_published(location: S3Prefix, folder: Path | None, wanted: str = "") -> Catalogue:
    """Fetch a bundle from under a prefix into a folder, the system's temporary one where None is given, and open it.

    `wanted` is its id; the pointer's where it is empty. No connection and no credential is kept: a snapshot may follow.

    Raises:
        BundleInvalid: neither it nor what the pointer names can be used; gives all reasons.
    """
    with closing(s3_client()) as client:
        return open_best(BundleStore(client, location), folder or Path(tempfile.gettempdir()) / FOLDER, wanted)


@metrics.flushed_after  # in the init phase no handler follows that would write the metric, least of all after an error
def open_best(store: BundleStore, folder: Path, wanted: str = "") -> Catalogue:
    """Open the bundle that is wanted, else the pointer's, else the one before it; each is kept at `folder / id`.

    Raises:
        BundleInvalid: as above.
    """
    reasons = []
    for bundle in _candidates(store, wanted):
        try:
            return _open(store, bundle, folder)
        except BundleInvalid as error:
            _refuse(bundle, error)
            reasons.append(str(error))
    raise BundleInvalid("; and of the next one: ".join(reasons))


def _candidates(store: BundleStore, wanted: str) -> Iterator[str]:
    """Ids, best first; the pointer is read where one of its own is needed."""
    if wanted:
        yield wanted
    pointer = store.pointer()
    for bundle in (pointer.bundle, pointer.previous):
        if bundle is not None and bundle != wanted:
            yield bundle


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
