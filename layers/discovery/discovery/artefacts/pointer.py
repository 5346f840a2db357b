"""The pointer: the one object under a prefix that ever changes.

{prefix}/current.json         the pointer
{prefix}/bundles/{id}/…       an artefact's files; the id is a hash of its manifest, so no published one ever changes
{prefix}/changes/{id}.jsonl   what is laid over an artefact, where its kind can be changed; the id is a hash of it
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from discovery.artefacts.format_version import of_version

POINTER_FILE = "current.json"
POINTER_FORMAT = 1

BundleId = Annotated[str, Field(pattern="^[0-9a-f]{16}$")]
_SEPARATOR = "-"


@dataclass(frozen=True)
class Version:
    """An artefact, or one with changes laid over it."""

    bundle: str
    changes: str | None = None

    def __str__(self) -> str:
        """Its name: versions of the same name hold the same."""
        return self.bundle if self.changes is None else f"{self.bundle}{_SEPARATOR}{self.changes}"

    @classmethod
    def named(cls, name: str) -> Self:
        """The version of a name."""
        bundle, _, changes = name.partition(_SEPARATOR)
        return cls(bundle, changes or None)

    @property
    def plain(self) -> Self:
        """Without the changes."""
        return type(self)(self.bundle)


class Pointer(BaseModel):
    """`current.json`."""

    model_config = ConfigDict(frozen=True)

    format: int = POINTER_FORMAT
    bundle: BundleId
    """The artefact that readers open: an index bundle, or a model."""
    changes: BundleId | None = None
    """What they lay over it."""
    previous: BundleId | None = None
    """The one before it: what they open where it is bad, and what a rollback returns to."""
    previous_changes: BundleId | None = None
    """What was laid over that."""
    published_at: AwareDatetime

    @classmethod
    def parse(cls, text: bytes) -> Self:
        """Read a pointer.

        Raises:
            ValueError: it can't be read, or is of another format.
        """
        return of_version(cls, text, POINTER_FILE, field="format", invalid=ValueError)

    @classmethod
    def first(cls, version: Version, now: datetime) -> Self:
        """The pointer to a version with none before it."""
        return cls(bundle=version.bundle, changes=version.changes, published_at=now)

    @property
    def current(self) -> Version:
        """The version that readers open."""
        return Version(self.bundle, self.changes)

    @property
    def before(self) -> Version | None:
        """The version before it."""
        return None if self.previous is None else Version(self.previous, self.previous_changes)

    def moved_to(self, version: Version, now: datetime) -> Self:
        """The pointer to another version, with this one's as the one before it."""
        moved = self.first(version, now)
        return moved.model_copy(update={"previous": self.bundle, "previous_changes": self.changes})

    def changed_to(self, changes: str | None, now: datetime) -> Self:
        """The pointer to the same artefact with other changes; the one before it stays."""
        return self.model_copy(update={"changes": changes, "published_at": now})
