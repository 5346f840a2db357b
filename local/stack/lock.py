"""A lock on a file that ends with the process that holds it, however that process ends.

A process id in a file says less: after a while, or after the machine's restart, it is another process's.
"""

import fcntl
from pathlib import Path
from typing import BinaryIO, Self


class Lock:
    """A lock by its file, which stays when the lock is released."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: BinaryIO | None = None

    def take(self, *, wait: bool = False) -> bool:
        """Take the lock; where another process holds it, wait for its release or return False."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        file = self._path.open("wb")
        try:
            fcntl.flock(file, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            return False
        self._file = file
        return True

    def release(self) -> None:
        """Release the lock where it is held here."""
        if self._file is not None:
            self._file.close()
            self._file = None

    @property
    def is_held(self) -> bool:
        """Whether anybody holds it."""
        try:
            file = self._path.open("rb")
        except FileNotFoundError:
            return False
        with file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
        return False

    def __enter__(self) -> Self:
        self.take(wait=True)
        return self

    def __exit__(self, *_: object) -> None:
        self.release()
