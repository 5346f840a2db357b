"""The manifest of an index bundle: what it holds, how it was made, and checksum and size of every other file."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict

from discovery.artefacts.folder import MANIFEST_FILE, damage, inside, loss, read_manifest
from discovery.artefacts.format_version import of_version
from discovery.errors import BundleInvalid

FORMAT_VERSION = 9


class Manifest(BaseModel):
    """`manifest.json`."""

    model_config = ConfigDict(frozen=True)

    format_version: int = FORMAT_VERSION
    count: int
    model: str
    dimensions: int
    genres: tuple[str, ...]
    platforms: tuple[str, ...]
    built_at: datetime
    merged: dict[str, str] = {}
    """Digests of the changes of single titles that it was built with, by content id."""
    checksums: dict[Annotated[str, AfterValidator(inside)], str]
    """SHA-256, hexadecimal, by path relative to the bundle."""
    sizes: dict[Annotated[str, AfterValidator(inside)], int]
    """Bytes, of the same files."""

    @classmethod
    def read(cls, bundle: Path) -> "Manifest":
        """Read a bundle's manifest.

        Raises:
            BundleInvalid: there is none, it can't be read, or it is of another format version.
        """
        text = read_manifest(bundle, what="index bundle", invalid=BundleInvalid)
        return cls.parse(text, str(bundle / MANIFEST_FILE))

    @classmethod
    def parse(cls, text: bytes, name: str) -> "Manifest":
        """Parse the text of a manifest; its name is for messages.

        Raises:
            BundleInvalid: it can't be read, or it is of another format version.
        """
        remedy = "build it again with `discovery catalogue build`"
        return of_version(cls, text, name, invalid=BundleInvalid, remedy=remedy)

    def require_files(self, bundle: Path) -> None:
        """Compare every file with its size.

        Raises:
            BundleInvalid: names the first file that is missing or differs.
        """
        if lost := loss(bundle, self.sizes):
            raise BundleInvalid(lost)

    def verify(self, bundle: Path) -> None:
        """Compare every file with its checksum.

        Raises:
            BundleInvalid: names the first file that is missing or differs.
        """
        if damaged := damage(bundle, self.checksums):
            raise BundleInvalid(damaged)
