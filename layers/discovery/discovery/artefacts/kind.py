"""What is published, as far as publishing needs to know it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Kind[Opened]:
    """A kind of artefact; `Opened` is what an open one is."""

    name: str
    """In log lines and, capitalized, in the metric `…Refused`."""
    noun: str
    """In messages; its plural is the folder under the prefix."""
    opened: Callable[[Path], Opened]
    """Opens a folder after seeing that every file is there, or raises `invalid`."""
    verified: Callable[[Path], None]
    """Compares every file of a folder with its checksum, which takes a second for a gigabyte; or raises `invalid`."""
    checksums: Callable[[bytes, str], Mapping[str, str]]
    """Those that a manifest's text holds, by file; the text is named for messages. Or raises `invalid`."""
    invalid: type[Exception]
    """An artefact or its pointer can't be used."""
    failed: type[Exception]
    """Publishing was refused or not possible."""

    @property
    def folder(self) -> str:
        """The folder under the prefix that has an artefact in each of its own."""
        return f"{self.noun}s"

    def file_name(self, artefact: str, name: str = "") -> str:
        """The name under the prefix of an artefact's file, or of its folder."""
        return f"{self.folder}/{artefact}/{name}"
