"""Going through a lake and erasing people: each file that has lines of theirs is replaced by one without them.

What stays is as it was, so whoever reads meanwhile reads a file before or after, and a run that was broken off is
made good by another. Files that arrive later need another run (docs/operate.md, "Erase a person").
"""

import tempfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from discovery.errors import LakeUnavailable
from discovery.experiments.analysis.lake_columns import KINDS
from discovery.experiments.analysis.lake_files import JSON_ENDINGS, PARQUET_ENDINGS
from discovery.experiments.erasure.form import Form, Holding, Unreadable
from discovery.experiments.erasure.json_lines import JsonLines
from discovery.experiments.erasure.parquet import Parquet
from discovery.experiments.erasure.place import Held, Place, Stored

FAILED = "failed"
"""What Firehose could not write as it should, as it was received."""
_AT_ONCE = 10
_ATTEMPTS = 5
"""For a file that somebody else changes at the same time."""

Progress = Callable[[str, int, int], None]
"""Told what is being done, and how many bytes of how many are done."""


@dataclass(frozen=True)
class Erased:
    """What was erased, and what could not be."""

    lines: int
    files: int
    """Those that held the lines."""
    versions: int
    """Old versions of files that held such lines, and were deleted."""
    people: int
    """Of how many there was something."""
    read: int
    """Files that were gone through."""
    unreadable: tuple[str, ...]
    """Files that could not be read or written again, each with the reason; nothing of them is changed."""
    others: tuple[str, ...]
    """Files that are none of the lake's, or that Firehose failed to write: not looked into."""


_NOTHING = Holding()


@dataclass(frozen=True)
class _Done:
    stored: Stored
    holding: Holding = _NOTHING
    trouble: str = ""


def erase(place: Place, people: frozenset[str], progress: Progress = lambda _, __, ___: None) -> Erased:
    """Erase people (keyed hashes of users or clients) from all partitions of both kinds.

    Raises:
        LakeUnavailable: a file can't be listed, fetched, replaced or deleted. Files done by then stay done.
    """
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - boto3 is not imported with the layer

    try:
        found = [stored for kind in KINDS for stored in place.files(kind)]
        others = [stored.name for stored in found if _form_of(stored.name) is None]
        others += [stored.name for stored in place.files(FAILED)]
        current = list(_each(place, people, found, partial(progress, "going through files")))
        # Listed after all files are replaced: a bucket that keeps versions has kept those with the lines.
        old = [stored for kind in KINDS for stored in place.old_versions(kind)]
        versions = list(_each(place, people, old, partial(progress, "old versions")))
    except (BotoCoreError, ClientError, OSError) as error:
        raise LakeUnavailable(f"{error}. Run it again: files that are done stay done.") from error
    held = [done.holding for done in current if done.holding.lines]
    return Erased(
        lines=sum(holding.lines for holding in held),
        files=len(held),
        versions=sum(done.holding.lines > 0 for done in versions),
        people=len(frozenset().union(*(done.holding.people for done in (*current, *versions)))),
        read=len(current),
        unreadable=tuple(f"{done.stored.name}: {done.trouble}" for done in (*current, *versions) if done.trouble),
        others=tuple(others),
    )


def _each(
    place: Place, people: frozenset[str], files: Iterable[Stored], progress: Callable[[int, int], None]
) -> Iterator[_Done]:
    """Erase from several files at once."""
    forms = {stored: form for stored in files if (form := _form_of(stored.name)) is not None}
    total, read = sum(stored.size for stored in forms), 0
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        futures = [pool.submit(_from_one, place, people, stored, form) for stored, form in forms.items()]
        try:
            for future in as_completed(futures):
                done = future.result()
                read += done.stored.size
                progress(read, total)
                yield done
        finally:
            pool.shutdown(cancel_futures=True)


def _from_one(place: Place, people: frozenset[str], stored: Stored, form: Form) -> _Done:
    for _ in range(_ATTEMPTS):
        with tempfile.TemporaryDirectory(prefix="erase-") as scratch:
            try:
                if (held := place.held(stored, Path(scratch))) is None:
                    return _Done(stored)
                holding = form.holding(held.file, people)
                if not holding.lines or _is_taken_out(place, people, held, form):
                    return _Done(stored, holding)
            except FileNotFoundError:  # deleted while it was read
                return _Done(stored)
            except Unreadable as error:
                return _Done(stored, trouble=str(error))
    return _Done(stored, trouble="somebody else changes it all the time")


def _is_taken_out(place: Place, people: frozenset[str], held: Held, form: Form) -> bool:
    """Whether nobody else changed the file meanwhile."""
    if held.stored.version is not None:
        place.delete(held)
        return True
    try:
        form.copy_without(people, held.file, held.rest)
        if held.rest.stat().st_size:
            return place.replace(held)
        place.delete(held)
        return True
    finally:
        held.rest.unlink(missing_ok=True)


def _form_of(name: str) -> Form | None:
    """By the name, as readers of a lake see it; None for a file that none of them reads."""
    if name.endswith(PARQUET_ENDINGS):
        return Parquet()
    return JsonLines() if name.endswith(JSON_ENDINGS) else None
