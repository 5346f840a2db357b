"""Catalogue sources: JSON Lines of `Content` records, read and checked line by line."""

import gzip
import json
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from pydantic import ValidationError

from discovery.catalogue.content import Content
from discovery.errors import CatalogueError, SourceInvalid

Parser = Callable[[int, bytes], Content]
"""Makes a content of a line and its number; raises `SourceInvalid`."""


class SourceReader:
    """Parses the lines of a source; where bad ones are skipped, it counts them and keeps the first error."""

    def __init__(self, parse: Parser, *, skip_bad: bool = False) -> None:
        self._parse = parse
        self.skip_bad = skip_bad
        self.skipped = 0
        self.first_bad: SourceInvalid | None = None

    def contents(self, lines: Iterable[bytes]) -> Iterator[Content]:
        """The contents of all lines that are not blank.

        Raises:
            SourceInvalid: a line is bad and is not to be skipped, or repeats an id.
        """
        for _, content in reject_duplicates(self._parsed(lines)):
            yield content

    def _parsed(self, lines: Iterable[bytes]) -> Iterator[tuple[int, Content]]:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                yield number, self._parse(number, line)
            except SourceInvalid as error:
                if not self.skip_bad:
                    raise
                self.skipped += 1
                self.first_bad = self.first_bad or error


def read_lines(path: Path) -> Iterator[bytes]:
    """Yield the lines of a file, decompressed where its name ends in `.gz`.

    Raises:
        CatalogueError: the compressed data is damaged or cut short.
    """
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as lines:
            yield from lines
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise CatalogueError(f"the compressed data is damaged: {error}") from error


def parse_record(number: int, line: str | bytes) -> dict[str, object]:
    """Return the JSON object on one line.

    Raises:
        SourceInvalid: the line is not a JSON object; its field is `(line)`.
    """
    try:
        record = json.loads(line)
    except (ValueError, RecursionError) as error:  # also ValueError: bytes that are not UTF-8
        raise SourceInvalid(number, "(line)", f"not JSON: {error}") from error
    if not isinstance(record, dict):
        raise SourceInvalid(number, "(line)", "not a JSON object")
    return record


def validate_content(number: int, record: dict[str, object]) -> Content:
    """Return the record as a `Content`.

    Raises:
        SourceInvalid: names the first field that is missing, unknown or out of range.
    """
    try:
        # Through JSON, because its strict mode turns lists into tuples and coerces nothing else.
        return Content.model_validate_json(json.dumps(record), strict=True)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise SourceInvalid(number, field or "(line)", first["msg"]) from error


def parse_jsonl(number: int, line: str | bytes) -> Content:
    """Parse one line of the documented format (see docs/catalogue.md)."""
    try:
        return Content.model_validate_json(line, strict=True)
    except ValidationError:  # said as of a record, which takes twice as long
        return validate_content(number, parse_record(number, line))


def reject_duplicates(contents: Iterable[tuple[int, Content]]) -> Iterator[tuple[int, Content]]:
    """Pass pairs of line number and content on.

    Raises:
        SourceInvalid: an id is already on an earlier line.
    """
    first_seen: dict[str, int] = {}
    for number, content in contents:
        if (earlier := first_seen.setdefault(content.id, number)) != number:
            raise SourceInvalid(number, "id", f"{content.id!r} is already on line {earlier}")
        yield number, content
