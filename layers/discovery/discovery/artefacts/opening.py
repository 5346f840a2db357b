"""Opening what is published: the artefact asked for or the current one, or the one before where that is bad."""

import errno
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from discovery.artefacts.folder import artefact_id
from discovery.artefacts.pointer import Version
from discovery.artefacts.store import Store
from discovery.errors import ChangesInvalid
from discovery.observability import logger, metrics


@metrics.flushed_after  # in the init phase no handler follows that would write the metric, least of all after an error
def open_best[Opened](store: Store[Opened], folder: Path, wanted: str = "") -> Opened:
    """Open the artefact that is wanted, else the pointer's, else the one before it; each is kept at `folder / id`.

    `wanted` is its id; the pointer's where it is empty.

    Raises:
        kind.invalid: neither it nor what the pointer names can be used; gives all reasons.
    """
    return open_first(store, folder, wanted)[1]


def open_first[Opened](store: Store[Opened], folder: Path, wanted: str = "") -> tuple[Version, Opened]:
    """The same, with the version that is opened; a refusal's metric is left to whoever flushes."""
    reasons = []
    for version in _candidates(store, wanted):
        try:
            return version, open_one(store, version, folder)
        except store.kind.invalid as error:
            refuse(store, version, error)
            reasons.append(str(error))
    raise store.kind.invalid("; and of the next one: ".join(reasons))


def _candidates(store: Store[Any], wanted: str) -> Iterator[Version]:
    """Versions, best first, each once, and without its changes after it; the pointer is read where it is needed."""
    first = Version.named(wanted) if wanted else None
    if first is not None:
        yield first
    pointer = store.pointer()
    named = (version for version in (first, pointer.current, pointer.before) if version is not None)
    for candidate in dict.fromkeys(one for version in named for one in (version, version.plain)):
        if candidate != first:
            yield candidate


def refuse(store: Store[Any], version: Version, error: Exception) -> None:
    """Say that a version is not used, in a log line and a metric."""
    metrics.count(f"{store.kind.name.capitalize()}Refused")
    logger.error(f"{store.kind.name} refused", extra={store.kind.noun: str(version), "reason": str(error)})


def open_one[Opened](store: Store[Opened], version: Version, folder: Path) -> Opened:
    """Open a version from the folder where its artefact is there and whole, else fetch that first.

    What is fetched is compared with its checksums before it gets its place there, so that whatever has it was whole.

    Raises:
        kind.invalid: it can't be fetched, kept or opened, or what is laid over it can't.
    """
    kind, artefact, kept = store.kind, version.bundle, folder / version.bundle
    changes = None if version.changes is None else store.changes(version.changes)
    if kept.exists():
        try:
            return _opened(store, kept, changes)
        except ChangesInvalid:
            raise
        except kind.invalid as error:  # temporary folders are tidied, file by file
            logger.warning(f"kept {kind.name} fetched again", extra={kind.noun: artefact, "reason": str(error)})
            discard(kept)
    try:
        _fetch(store, artefact, kept)
    except OSError as error:
        cause = f"{kind.noun} {artefact} can't be kept in {folder}: {_cause(error)}"
        raise kind.invalid(f"{store.location}: {cause}") from error
    try:
        return _opened(store, kept, changes)
    except ChangesInvalid:
        raise
    except kind.invalid:
        discard(kept)  # or there might be no room for the other one
        raise


def _opened[Opened](store: Store[Opened], kept: Path, changes: bytes | None) -> Opened:
    kind = store.kind
    if changes is None:
        opened = kind.opened(kept)
    elif kind.changed is None:
        raise kind.invalid(f"{store.location}: nothing can be laid over a {kind.noun}, and the pointer names changes")
    else:
        opened = kind.changed(kept, changes)
    if artefact_id(kept) != kept.name:
        raise kind.invalid(f"{kept}: the manifest is damaged, it is another than the {kind.noun} is named after")
    return opened


def _fetch(store: Store[Any], artefact: str, kept: Path) -> None:
    """Download beside the artefact's place, verify it, and move it there: it is there whole or not at all."""
    kept.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=f".{artefact}-", dir=kept.parent))
    try:
        store.fetch(artefact, scratch)
        store.kind.verified(scratch)
        try:
            scratch.rename(kept)
        except OSError:
            if not kept.exists():  # else another process was quicker, and its artefact is as good
                raise
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def discard(kept: Path) -> None:
    """Move an artefact out of the way before it is removed file by file; who has it open keeps reading it."""
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
