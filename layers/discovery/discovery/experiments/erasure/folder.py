"""A lake in a folder."""

import shutil
from collections.abc import Iterator
from pathlib import Path

from discovery.experiments.erasure.place import Held, Stored

_HALF = ".erasing"
"""Ends the name of a file that is being written; no reader of a lake takes it for one of its own."""


class Folder:
    """See `Place`."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def files(self, folder: str) -> Iterator[Stored]:
        """See `Place`."""
        for file in sorted((self._root / folder).rglob("*")):
            if file.is_file() and file.stat().st_size:
                yield Stored(str(file.relative_to(self._root)), file.stat().st_size)

    def old_versions(self, folder: str) -> Iterator[Stored]:
        """None: a folder keeps no versions."""
        del folder
        return iter(())

    def held(self, stored: Stored, scratch: Path) -> Held | None:
        """See `Place`."""
        del scratch
        file = self._root / stored.name
        try:
            # Beside the file, since only within a file system a file is replaced at once.
            return Held(stored, file, file.with_name(file.name + _HALF), _state(file), {})
        except FileNotFoundError:
            return None

    def replace(self, held: Held) -> bool:
        """See `Place`."""
        try:
            shutil.copymode(held.file, held.rest)
            if _state(held.file) != held.state:
                return False
            held.rest.replace(held.file)
        except FileNotFoundError:
            return False
        return True

    def delete(self, held: Held) -> None:
        """See `Place`."""
        held.file.unlink(missing_ok=True)


def _state(file: Path) -> tuple[int, int, int]:
    found = file.stat()
    return found.st_ino, found.st_size, found.st_mtime_ns
