"""Secrets of the local stacks: each is made at first use and kept in a file that only its owner can read."""

import os
import secrets
import tempfile
from collections.abc import Callable
from pathlib import Path


def kept(path: Path, make: Callable[[], bytes]) -> bytes:
    """Return the content of `path`; where the file does not exist, `make` gives its content."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        _create(path, make())
    return path.read_bytes()


def user_key(state: Path) -> str:
    """The key of the HMAC that replaces user ids in keys and logs."""
    return kept(state / "user.key", lambda: secrets.token_hex(32).encode()).decode()


def sona_token(state: Path) -> str:
    """The bearer token that SONA asks for."""
    return kept(state / "sona.token", lambda: secrets.token_urlsafe(32).encode()).decode()


def _create(path: Path, content: bytes) -> None:
    # The whole file or none, and the first of two programs wins: `make run` and `make token` may start together.
    descriptor, temporary = tempfile.mkstemp(dir=path.parent)  # mkstemp's mode is 600
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        try:
            Path(path).hardlink_to(temporary)
        except FileExistsError:
            return
    finally:
        Path(temporary).unlink()
