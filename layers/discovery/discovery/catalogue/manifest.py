"""The manifest of an index bundle: what it holds, how it was made, and the checksum of every other file."""

import hashlib
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError

from discovery.errors import BundleInvalid

FORMAT_VERSION = 6
MANIFEST_FILE = "manifest.json"

_ID_LENGTH = 16


def _inside(name: str) -> str:
    """Files are fetched by these names: one that led out of the bundle's folder would be written there."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or name != path.as_posix():
        raise ValueError("no path inside the bundle")
    return name


class _Version(BaseModel):
    format_version: int


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
    checksums: dict[Annotated[str, AfterValidator(_inside)], str]
    """SHA-256, hexadecimal, by path relative to the bundle."""

    @classmethod
    def read(cls, bundle: Path) -> "Manifest":
        """Read a bundle's manifest.

        Raises:
            BundleInvalid: there is none, it can't be read, or it is of another format version.
        """
        file = bundle / MANIFEST_FILE
        try:
            return cls.parse(file.read_bytes(), str(file))
        except (FileNotFoundError, NotADirectoryError) as error:
            raise BundleInvalid(f"{bundle} is no index bundle: it has no {MANIFEST_FILE}") from error

    @classmethod
    def parse(cls, text: bytes, name: str) -> "Manifest":
        """Parse the text of a manifest; its name is for messages.

        Raises:
            BundleInvalid: it can't be read, or it is of another format version.
        """
        try:
            # The version first: another version's other fields are not to be judged.
            version = _Version.model_validate_json(text).format_version
            if version == FORMAT_VERSION:
                return cls.model_validate_json(text)
        except ValidationError as error:
            raise BundleInvalid(f"{name} can't be read: {error}") from error
        raise BundleInvalid(
            f"{name} has format version {version}, this code reads {FORMAT_VERSION}: "
            "build it again with `discovery catalogue build`"
        )

    def verify(self, bundle: Path) -> None:
        """Compare every file with its checksum.

        Raises:
            BundleInvalid: names the first file that is missing or differs.
        """
        for name, expected in self.checksums.items():
            try:
                actual = checksum(bundle / name)
            except FileNotFoundError as error:
                raise BundleInvalid(f"{bundle} lacks the file {name}") from error
            if actual != expected:
                raise BundleInvalid(f"{bundle}: {name} is damaged, its checksum differs from the manifest's")


def bundle_id(bundle: Path) -> str:
    """The name of what a bundle holds: the first 16 digits of its manifest's SHA-256, and so of every file's."""
    return checksum(bundle / MANIFEST_FILE)[:_ID_LENGTH]


def size_of(bundle: Path) -> int:
    """Bytes in all files of a bundle."""
    return sum(file.stat().st_size for file in bundle.rglob("*") if file.is_file())


def checksum(file: Path) -> str:
    """SHA-256 of a file's bytes, hexadecimal."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def checksums(bundle: Path) -> dict[str, str]:
    """The checksums of all files of a bundle but its manifest."""
    files = sorted(f for f in bundle.rglob("*") if f.is_file() and f.name != MANIFEST_FILE)
    return {f.relative_to(bundle).as_posix(): checksum(f) for f in files}
