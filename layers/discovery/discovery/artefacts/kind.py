"""What is published, as far as publishing needs to know it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

CHANGES_FOLDER = "changes"


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
    changed: Callable[[Path, bytes], Opened] | None = None
    """Opens a folder with changes laid over it, or raises `invalid`; None of what never changes."""

    def then[Made](self, made: Callable[[Opened], Made]) -> "Kind[Made]":
        """The same artefacts, opened as what is made of them."""
        changed = self.changed
        return Kind(
            name=self.name,
            noun=self.noun,
            opened=lambda folder: made(self.opened(folder)),
            verified=self.verified,
            checksums=self.checksums,
            invalid=self.invalid,
            failed=self.failed,
            changed=None if changed is None else lambda folder, changes: made(changed(folder, changes)),
        )

    @property
    def folder(self) -> str:
        """The folder under the prefix that has an artefact in each of its own."""
        return f"{self.noun}s"

    @staticmethod
    def changes_name(changes: str) -> str:
        """The name under the prefix of what is laid over an artefact."""
        return f"{CHANGES_FOLDER}/{changes}.jsonl"

    def file_name(self, artefact: str, name: str = "") -> str:
        """The name under the prefix of an artefact's file, or of its folder."""
        return f"{self.folder}/{artefact}/{name}"
