"""Files of JSON Lines, compressed or not.

Lines are never parsed: one that has a person's keyed hash as a text names that person, even if it is damaged. So all
other lines stay byte for byte as they were.
"""

import gzip
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

from discovery.experiments.erasure.form import Holding, Unreadable

_GZIP = b"\x1f\x8b"
"""The first bytes of what is compressed, whatever its name says."""
_HASH = re.compile(rb'"([0-9a-f]{32})')
"""How a keyed hash begins in JSON (`privacy/hashing.py`). The same for however many people."""
_CHUNK_BYTES = 1024 * 1024


class JsonLines:
    """JSON Lines, compressed with gzip or not."""

    def holding(self, file: Path, people: frozenset[str]) -> Holding:
        """See `Form`."""
        wanted = frozenset(one.encode() for one in people)
        lines, found = 0, set[bytes]()
        with _opened(file) as source:
            for some in _some_lines(source):
                if here := wanted.intersection(_HASH.findall(b"".join(some))):
                    found |= here
                    lines += sum(_names(line, wanted) for line in some)
        return Holding(lines, frozenset(one.decode() for one in found))

    def copy_without(self, people: frozenset[str], file: Path, copy: Path) -> None:
        """See `Form`."""
        wanted = frozenset(one.encode() for one in people)
        kept = 0
        with _opened(file) as source, copy.open("wb") as raw:
            target = gzip.GzipFile("", "wb", fileobj=raw, mtime=0) if _is_packed(file) else raw
            for some in _some_lines(source):
                rest = b"".join(line for line in some if not _names(line, wanted))
                kept += len(rest)
                target.write(rest)
            if target is not raw:
                target.close()
        if not kept:
            copy.write_bytes(b"")


@contextmanager
def _opened(file: Path) -> Iterator[IO[bytes]]:
    try:
        with gzip.open(file) if _is_packed(file) else file.open("rb") as source:
            yield cast(IO[bytes], source)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise Unreadable("it is damaged, or ends in the middle") from error


def _is_packed(file: Path) -> bool:
    with file.open("rb") as source:
        return source.read(len(_GZIP)) == _GZIP


def _some_lines(source: IO[bytes]) -> Iterator[list[bytes]]:
    """Lines with their ends, about a mebibyte at a time; only a line feed ends one."""
    while lines := source.readlines(_CHUNK_BYTES):
        yield lines


def _names(line: bytes, people: frozenset[bytes]) -> bool:
    return not people.isdisjoint(_HASH.findall(line))
