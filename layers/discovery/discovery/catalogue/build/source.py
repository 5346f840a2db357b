"""Catalogue sources: JSON Lines of `Content` records, read and checked line by line."""

import gzip
import json
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from pydantic import ValidationError

from discovery.catalogue.content import Content
from discovery.errors import CatalogueError, SourceInvalid


def read_lines(path: Path) -> Iterator[bytes]:
    """Yield the lines of a file, gunzipped where its name ends in `.gz`.

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
    except (ValueError, RecursionError) as error:  # bytes that are no UTF-8 are a ValueError too
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
        # Through JSON, so that lists become tuples and nothing else is coerced.
        return Content.model_validate_json(json.dumps(record), strict=True)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise SourceInvalid(number, field or "(line)", first["msg"]) from error


def parse_jsonl(number: int, line: str | bytes) -> Content:
    """Parse one line of the documented format (see docs/catalogue.md)."""
    return validate_content(number, parse_record(number, line))


def reject_duplicates(contents: Iterable[tuple[int, Content]]) -> Iterator[tuple[int, Content]]:
    """Pass (line, content) pairs on.

    Raises:
        SourceInvalid: an id stood on an earlier line already.
    """
    first_seen: dict[str, int] = {}
    for number, content in contents:
        if (earlier := first_seen.setdefault(content.id, number)) != number:
            raise SourceInvalid(number, "id", f"{content.id!r} stands on line {earlier} already")
        yield number, content
