"""What every artefact is: a folder with a manifest that has the checksum, or also the size, of every other file."""

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath

MANIFEST_FILE = "manifest.json"

_ID_LENGTH = 16


def artefact_id(folder: Path) -> str:
    """The name of what an artefact holds: the first 16 digits of its manifest's SHA-256, and so of every file's."""
    return checksum(folder / MANIFEST_FILE)[:_ID_LENGTH]


def changes_id(changes: bytes) -> str:
    """The same of what is laid over an artefact."""
    return hashlib.sha256(changes).hexdigest()[:_ID_LENGTH]


def read_manifest(folder: Path, *, what: str, invalid: type[Exception]) -> bytes:
    """The text of an artefact's manifest; `what` it should be is said where there is none.

    Raises:
        invalid: there is none.
    """
    try:
        return (folder / MANIFEST_FILE).read_bytes()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise invalid(f"{folder} is no {what}: it has no {MANIFEST_FILE}") from error


def size_of(folder: Path) -> int:
    """Bytes in all files of an artefact."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def checksum(file: Path) -> str:
    """SHA-256 of a file's bytes, hexadecimal."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def checksums(folder: Path) -> dict[str, str]:
    """The checksums of all files of an artefact but its manifest."""
    return {name: checksum(folder / name) for name in _names(folder)}


def sizes(folder: Path) -> dict[str, int]:
    """Bytes of all files of an artefact but its manifest."""
    return {name: (folder / name).stat().st_size for name in _names(folder)}


def _names(folder: Path) -> list[str]:
    files = (file for file in folder.rglob("*") if file.is_file() and file.name != MANIFEST_FILE)
    return sorted(file.relative_to(folder).as_posix() for file in files)


def damage(folder: Path, checksums: Mapping[str, str]) -> str:
    """What is wrong with an artefact's files, in a sentence about the first one; empty where each has its checksum."""
    return _first_wrong(folder, checksums, checksum, "checksum")


def loss(folder: Path, sizes: Mapping[str, int]) -> str:
    """The same of their sizes, which takes no time: what is missing or cut short, but not what is altered."""
    return _first_wrong(folder, sizes, lambda file: file.stat().st_size, "size")


def _first_wrong[T](folder: Path, expected: Mapping[str, T], measured: Callable[[Path], T], what: str) -> str:
    for name, value in expected.items():
        try:
            actual = measured(folder / name)
        except FileNotFoundError:
            return f"{folder} lacks the file {name}"
        if actual != value:
            return f"{folder}: {name} is damaged, its {what} differs from the manifest's"
    return ""


def inside(name: str) -> str:
    """Files are fetched by these names: one that led out of the artefact's folder would be written there."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or name != path.as_posix():
        raise ValueError("no path inside the folder")
    return name
