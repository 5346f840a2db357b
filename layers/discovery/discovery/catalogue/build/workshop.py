"""Where a bundle is made: a folder beside it, out of which it appears whole or not at all.

The folder of a named source outlives a build that is interrupted, with what was finished; the next build of the same
source goes on from there.
"""

import fcntl
import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from discovery.artefacts.folder import MANIFEST_FILE
from discovery.errors import CatalogueError

_NOTES_FOLDER, _SOURCE_FILE = "notes", "source"
_BUILDER_LOCK, _HELPERS_LOCK = "builder.lock", "helpers.lock"


@dataclass(frozen=True)
class Workshop:
    """The folder of one build."""

    folder: Path
    source: str
    """Names what the bundle is made from, and how; empty where nothing is kept."""

    @property
    def bundle(self) -> Path:
        """What is to become the bundle."""
        return self.folder / "bundle"

    @property
    def spool(self) -> Path:
        """All contents, as they were read."""
        return self.folder / "spool"

    def facts(self, step: str) -> Any:
        """What a finished step has to say to later ones; None for one that is not finished."""
        note = self._note(step)
        return json.loads(note.read_text()) if note.exists() else None

    def finish(self, step: str, facts: object = True) -> None:
        """Note that a step is finished, or how far it is."""
        note = self._note(step)
        new = note.with_suffix(".new")
        new.write_text(json.dumps(facts))
        new.replace(note)

    def once(self, step: str, work: Callable[[], None]) -> None:
        """Do a step, unless it is finished."""
        if self.facts(step) is None:
            work()
            self.finish(step)

    def begin(self) -> None:
        """Go on with what is here of the same source; else begin with nothing."""
        if self._made_from != self.source or not self._has_notes or not self.bundle.exists():
            for entry in self.folder.iterdir():
                if entry.name not in (_BUILDER_LOCK, _HELPERS_LOCK):
                    shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
            self.bundle.mkdir()
            (self.folder / _NOTES_FOLDER).mkdir()
            (self.folder / _SOURCE_FILE).write_text(self.source)

    @property
    def is_worth_keeping(self) -> bool:
        """Whether a later build can go on from here."""
        return bool(self.source) and self._has_notes

    @property
    def _made_from(self) -> str | None:
        file = self.folder / _SOURCE_FILE
        return file.read_text() if file.exists() else None

    @property
    def _has_notes(self) -> bool:
        notes = self.folder / _NOTES_FOLDER
        return notes.exists() and any(notes.glob("*.json"))

    def _note(self, step: str) -> Path:
        return self.folder / _NOTES_FOLDER / f"{step}.json"


@contextmanager
def appearing_whole(out: Path, source: str = "") -> Iterator[Workshop]:
    """Give a workshop beside `out`: its bundle is moved to `out` when the block succeeds.

    Where it fails, the workshop is removed, or kept if a build of the same named source can go on from there.

    Raises:
        CatalogueError: `out` holds something that is not a bundle, or is being built from a named source already.
    """
    out = out.resolve()  # a link to a bundle stays; the folder it points to is replaced
    if out.exists() and (not out.is_dir() or (any(out.iterdir()) and not (out / MANIFEST_FILE).exists())):
        raise CatalogueError(f"not overwriting {out}: it is not an index bundle")
    out.parent.mkdir(parents=True, exist_ok=True)
    with _folder(out, source) as folder:
        workshop = Workshop(folder, source)
        workshop.begin()
        try:
            yield workshop
            _put(workshop.bundle, out)
        except BaseException:  # also Ctrl-C
            if not workshop.is_worth_keeping:
                shutil.rmtree(folder)
            raise
        shutil.rmtree(folder)


@contextmanager
def _folder(out: Path, source: str) -> Iterator[Path]:
    """The folder of a named source, which nobody else may use meanwhile; or one of its own."""
    if not source:
        yield Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
        return
    folder = out.parent / f".{out.name}.building"
    folder.mkdir(exist_ok=True)
    with (folder / _BUILDER_LOCK).open("w") as builder, (folder / _HELPERS_LOCK).open("w") as helpers:
        try:
            for lock in (builder, helpers):
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise CatalogueError(f"{out} is being built already") from error
        fcntl.flock(helpers, fcntl.LOCK_UN)
        yield folder


@contextmanager
def helping(folder: Path) -> Iterator[None]:
    """Hold a lock of a workshop, as a process does that works there for its builder.

    So while one that has outlived its builder still writes there, nobody else begins.
    """
    with (folder / _HELPERS_LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        yield


def _put(bundle: Path, out: Path) -> None:
    """Move a bundle to its place."""
    bundle.chmod(0o755)
    replaced = bundle.with_name("replaced")
    if out.exists():
        out.rename(replaced)
    try:
        bundle.rename(out)
    except OSError:
        if replaced.exists():
            replaced.rename(out)
        raise
