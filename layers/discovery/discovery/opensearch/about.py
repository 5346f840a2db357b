"""What an index tells of the catalogue that it holds: the `_meta` of its fields."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Self

from pydantic import BaseModel, ConfigDict

from discovery.artefacts.format_version import of_version
from discovery.errors import CatalogueError

FORMAT_VERSION = 1
"""Raised where documents or fields change, so that the same titles make another version."""


class About(BaseModel):
    """Of an index of titles."""

    model_config = ConfigDict(frozen=True)

    format_version: int = FORMAT_VERSION
    version: str
    """Names the catalogue, in `[A-Za-z0-9._-]`: of the same titles and the same model it is the same."""
    count: int
    """Titles when it was built; live changes are not counted."""
    model: str
    dimensions: int
    genres: tuple[str, ...]
    platforms: tuple[str, ...]
    """Vocabularies that queries are understood by."""
    built_at: datetime
    names: str
    """The index of its suggestions and words."""

    @classmethod
    def of(cls, said: Mapping[str, Any], index: str) -> Self:
        """Read what an index tells.

        Raises:
            CatalogueError: it can't be read, or it is of another format version.
        """
        remedy = "build it again with `discovery catalogue build --engine opensearch`"
        return of_version(cls, said, index, invalid=CatalogueError, remedy=remedy)
