"""The pointer: the one object under a prefix that ever changes.

{prefix}/current.json       the pointer
{prefix}/bundles/{id}/…     an artefact's files; the id is a hash of its manifest, so no published one ever changes
"""

from datetime import datetime
from typing import Annotated, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from discovery.artefacts.format_version import of_version

POINTER_FILE = "current.json"
POINTER_FORMAT = 1

BundleId = Annotated[str, Field(pattern="^[0-9a-f]{16}$")]


class Pointer(BaseModel):
    """`current.json`."""

    model_config = ConfigDict(frozen=True)

    format: int = POINTER_FORMAT
    bundle: BundleId
    """The artefact that readers open: an index bundle, or a model."""
    previous: BundleId | None = None
    """The one before it: what they open where it is bad, and what a rollback returns to."""
    published_at: AwareDatetime

    @classmethod
    def parse(cls, text: bytes) -> Self:
        """Read a pointer.

        Raises:
            ValueError: it can't be read, or is of another format.
        """
        return of_version(cls, text, POINTER_FILE, field="format", invalid=ValueError)

    def moved_to(self, bundle: str, now: datetime) -> Self:
        """The pointer to another artefact, with this one's as the one before it."""
        return type(self)(bundle=bundle, previous=self.bundle, published_at=now)
