"""Publishing an artefact to S3: its files are uploaded first, and then the pointer is switched to it."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from itertools import batched, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from discovery.artefacts.folder import MANIFEST_FILE, artefact_id, checksum
from discovery.artefacts.kind import CHANGES_FOLDER, Kind
from discovery.artefacts.moving import Change, Mover, reported
from discovery.artefacts.pointer import Pointer, Version
from discovery.location import S3Prefix

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import ObjectIdentifierTypeDef

_CHECKSUM = "sha256"
"""Key of an object's metadata. S3's own checksum of a file uploaded in parts is not the checksum of the file."""
_DELETED_AT_ONCE = 1000
"""The most keys that one `DeleteObjects` call takes."""

Progress = Callable[[int], None]
"""Told how many more bytes are uploaded, or were already there."""


@dataclass(frozen=True)
class Stored:
    """An artefact under the prefix, complete or not."""

    id: str
    sizes: Mapping[str, int]
    """Bytes of each file."""
    stored_at: datetime
    """When its last file arrived."""


class Publisher:
    """Publishes under one prefix. Every method raises `kind.failed` when S3 refuses or does not answer."""

    def __init__(
        self, client: "S3Client", location: S3Prefix, kind: Kind[Any], now: Callable[[], datetime] | None = None
    ) -> None:
        self._client = client
        self._kind = kind
        self.pointer = Mover(client, location, kind, now)
        self.location = location

    def upload(self, folder: Path, progress: Progress = lambda _: None) -> tuple[str, int]:
        """Upload the files of the artefact in a folder that S3 lacks; returns its id and the number of files uploaded.

        Raises:
            kind.invalid: the folder holds no usable artefact; nothing is uploaded.
        """
        self._kind.verified(folder)
        self._kind.opened(folder)
        artefact, manifest = artefact_id(folder), folder / MANIFEST_FILE
        files = dict(self._kind.checksums(manifest.read_bytes(), str(manifest)))
        files[MANIFEST_FILE] = checksum(manifest)  # the manifest last: where it is, the rest is too
        uploaded = 0
        with self._reported():
            there = self._sizes(artefact)
            for name, digest in files.items():
                key, size = self.location.key(self._kind.file_name(artefact, name)), (folder / name).stat().st_size
                if there.get(name) == size and self._checksum(key) == digest:
                    progress(size)
                    continue
                self._upload(folder / name, key, digest, progress)
                uploaded += 1
        self._require({name: (folder / name).stat().st_size for name in files}, artefact)
        return artefact, uploaded

    def switch_to(self, artefact: str, left: Change = lambda _: None) -> Pointer:
        """Make an artefact the current one, unless somebody else switches at the same moment; returns the pointer.

        `left`: makes of the changes that are laid over the current one those to lay over this one; as told, none.
        """
        seen = self.pointer.seen()
        if seen.pointer is not None and seen.pointer.bundle == artefact:
            return self.pointer.change(left, artefact)  # it must not become its own previous one
        return self.pointer.move(seen, Version(artefact, self.pointer.changed(seen, left)))

    def roll_back(self) -> Pointer:
        """Swap the current version and the previous one; returns the pointer."""
        seen = self.pointer.seen()
        if seen.pointer is None or seen.pointer.before is None:
            raise self._kind.failed(f"{self.location}: there is no previous {self._kind.noun}")
        before = seen.pointer.before
        if missing := self.missing(before.bundle):
            said = f"the previous {self._kind.noun} {before.bundle} lacks {missing}"
            raise self._kind.failed(f"{self.location}: {said}")
        return self.pointer.move(seen, before)

    def status(self) -> tuple[Pointer | None, list[Stored]]:
        """The pointer, and all artefacts under the prefix, newest first."""
        with self._reported():
            return self.pointer.seen().pointer, self._artefacts()

    def missing(self, artefact: str) -> str:
        """The first file that an artefact lacks; empty where it is complete."""
        with self._reported():
            sizes = self._sizes(artefact)
            if MANIFEST_FILE not in sizes:
                return MANIFEST_FILE
            key = self.location.key(self._kind.file_name(artefact, MANIFEST_FILE))
            text = self._client.get_object(Bucket=self.location.bucket, Key=key)["Body"].read()
        return next((name for name in self._kind.checksums(text, key) if name not in sizes), "")

    def delete_all_but(self, keep: int) -> list[str]:
        """Delete all but the newest artefacts, never the current or the previous one; returns the deleted ids."""
        with self._reported():
            pointer, artefacts = self.status()
            self._forget_changes(pointer)
            named = [] if pointer is None else [one for one in (pointer.bundle, pointer.previous) if one is not None]
            # These first: S3 dates objects to the second, so it may not tell which of two is newer.
            by_claim = dict.fromkeys([*named, *(stored.id for stored in artefacts)])
            kept = set(islice(by_claim, max(keep, len(named))))
            deleted = [stored for stored in artefacts if stored.id not in kept]
            for stored in deleted:
                self._delete(self.location.key(self._kind.file_name(stored.id, name)) for name in stored.sizes)
        return [stored.id for stored in deleted]

    def _forget_changes(self, pointer: Pointer | None) -> None:
        """Delete what was laid over artefacts, but what the pointer names."""
        named = set() if pointer is None else {pointer.changes, pointer.previous_changes}
        kept = {self.location.key(self._kind.changes_name(one)) for one in named if one is not None}
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self.location.bucket, Prefix=self.location.key(f"{CHANGES_FOLDER}/")
        )
        keys = [found["Key"] for page in pages for found in page.get("Contents", ())]
        self._delete(key for key in keys if key not in kept)

    def _upload(self, file: Path, key: str, digest: str, progress: Progress) -> None:
        metadata = {"Metadata": {_CHECKSUM: digest}}
        self._client.upload_file(str(file), self.location.bucket, key, ExtraArgs=metadata, Callback=progress)

    def _checksum(self, key: str) -> str | None:
        return self._client.head_object(Bucket=self.location.bucket, Key=key)["Metadata"].get(_CHECKSUM)

    def _require(self, sizes: Mapping[str, int], artefact: str) -> None:
        with self._reported():
            there = self._sizes(artefact)
        if wrong := sorted(name for name, size in sizes.items() if there.get(name) != size):
            raise self._kind.failed(
                f"{self.location}: S3 does not hold these files as uploaded: {', '.join(wrong)}. Nothing is switched."
            )

    def _sizes(self, artefact: str) -> Mapping[str, int]:
        return next((stored.sizes for stored in self._artefacts(self._kind.file_name(artefact))), {})

    def _artefacts(self, folder: str = "") -> list[Stored]:
        """The artefacts below a folder, newest first; all of them where none is given."""
        start = self.location.key(f"{self._kind.folder}/")
        sizes: dict[str, dict[str, int]] = {}
        stored_at: dict[str, datetime] = {}
        pages = self._client.get_paginator("list_objects_v2")
        below = self.location.key(folder) if folder else start
        for page in pages.paginate(Bucket=self.location.bucket, Prefix=below):
            for found in page.get("Contents", ()):
                artefact, _, name = found["Key"].removeprefix(start).partition("/")
                sizes.setdefault(artefact, {})[name] = found["Size"]
                stored_at[artefact] = max(found["LastModified"], stored_at.get(artefact, found["LastModified"]))
        newest_first = sorted(sizes, key=lambda artefact: stored_at[artefact], reverse=True)
        return [Stored(artefact, sizes[artefact], stored_at[artefact]) for artefact in newest_first]

    def _delete(self, keys: Iterable[str]) -> None:
        for some in batched(keys, _DELETED_AT_ONCE, strict=False):
            objects: list[ObjectIdentifierTypeDef] = [{"Key": key} for key in some]
            self._client.delete_objects(Bucket=self.location.bucket, Delete={"Objects": objects})

    def _reported(self) -> AbstractContextManager[None]:
        return reported(self._kind.failed)
