"""What a bundle is made from: an interrupted build is gone on with if all of that is the same."""

import hashlib
from pathlib import Path

from discovery.artefacts.folder import checksum

_PACKAGE = Path(__file__).parents[1]


def origin(source: Path, *how: str) -> str:
    """A digest of a source's bytes, of how it is to be read, and of the code that makes bundles."""
    parts = [checksum(source), *how, *map(checksum, sorted(_PACKAGE.rglob("*.py")))]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
