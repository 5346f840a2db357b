"""Importing the prust/wikipedia-movie-data collection of American films (extracts: Wikipedia, CC BY-SA)."""

import hashlib
import json
import re
import unicodedata

from discovery.catalogue.build import extracts
from discovery.catalogue.build.source import parse_record, validate_content
from discovery.catalogue.content import Content
from discovery.errors import SourceInvalid

_SOURCE_FIELDS = {"release_year": "year", "overview": "extract"}
"""The collection's names of our fields, for messages about its lines."""
_MAX_NAME = 100
"""Characters, `Content`'s limit. A longer entry in a cast is not a name but a misplaced sentence."""


class WikipediaMovies:
    """Parses the collection's lines; ids are unique and the same at every rebuild.

    An id is the title's slug and the year. The second film of the same title and year also gets a hash of its record.
    """

    def __init__(self) -> None:
        self._ids: set[str] = set()

    def __call__(self, number: int, line: str | bytes) -> Content:
        """Parse one line.

        Raises:
            SourceInvalid: the line is not usable; names the field as the collection does.
        """
        record = parse_record(number, line)
        extract = str(record.get("extract") or "")
        cast = [name for name in _strings(record.get("cast")) if len(name) <= _MAX_NAME]
        content = {
            "id": self._id(record),
            "title": str(record.get("title") or "")[:_MAX_NAME],
            "overview": extract,
            "release_year": record.get("year"),
            "genres": _strings(record.get("genres")),
            "cast": list(dict.fromkeys(cast)),
            "directors": extracts.directors(extract),
            "countries": extracts.countries(extract),
            "languages": extracts.languages(extract),
        }
        try:
            return validate_content(number, content)
        except SourceInvalid as error:
            field = _SOURCE_FIELDS.get(error.field, error.field)
            raise SourceInvalid(number, field, error.reason) from error

    def _id(self, record: dict[str, object]) -> str:
        identifier = f"{_slug(str(record.get('title')))}-{record.get('year')}"
        if identifier in self._ids:
            digest = hashlib.sha256(json.dumps(record, sort_keys=True).encode()).hexdigest()
            identifier = f"{identifier}-{digest[:8]}"
        self._ids.add(identifier)
        return identifier


def _strings(value: object) -> list[str]:
    return [item.strip() for item in value if isinstance(item, str) and item.strip()] if isinstance(value, list) else []


def _slug(title: str) -> str:
    folded = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", folded).strip("-")[:80] or "untitled"
