"""Publishing a bundle to S3: its files are uploaded first, and then the pointer is switched to it."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from discovery.catalogue.bundle import open_catalogue
from discovery.catalogue.manifest import MANIFEST_FILE, Manifest, checksum
from discovery.catalogue.pointer import BUNDLES_FOLDER, POINTER_FILE, Pointer, file_name
from discovery.catalogue.store import BundleStore
from discovery.errors import CatalogueError
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
class StoredBundle:
    """A bundle under the prefix, complete or not."""

    bundle: str
    sizes: Mapping[str, int]
    """Bytes of each file."""
    stored_at: datetime
    """When its last file arrived."""


class Publisher:
    """Publishes under one prefix. Every method raises `CatalogueError` when S3 refuses or does not answer."""

    def __init__(self, client: "S3Client", location: S3Prefix, now: Callable[[], datetime] | None = None) -> None:
        self._client = client
        self._store = BundleStore(client, location)
        self._now = now or (lambda: datetime.now(UTC))
        self.location = location

    def upload(self, folder: Path, progress: Progress = lambda _: None) -> tuple[str, int]:
        """Upload the files of the bundle in a folder that S3 lacks; returns its id and the number of files uploaded.

        Raises:
            BundleInvalid: the folder holds no usable bundle; nothing is uploaded.
        """
        opened = open_catalogue(folder)
        manifest = MANIFEST_FILE, checksum(folder / MANIFEST_FILE)
        files = dict([*opened.manifest.checksums.items(), manifest])  # the manifest last: where it is, the rest is too
        uploaded = 0
        with _reported():
            there = self._sizes(opened.bundle)
            for name, digest in files.items():
                key, size = self.location.key(file_name(opened.bundle, name)), (folder / name).stat().st_size
                if there.get(name) == size and self._checksum(key) == digest:
                    progress(size)
                    continue
                self._upload(folder / name, key, digest, progress)
                uploaded += 1
        self._require({name: (folder / name).stat().st_size for name in files}, opened.bundle)
        return opened.bundle, uploaded

    def switch_to(self, bundle: str) -> Pointer:
        """Make a bundle the current one, unless somebody else switches at the same moment; returns the pointer."""
        with _reported():
            pointer, unchanged = self._pointer()
            if pointer is None:
                return self._put(Pointer(bundle=bundle, published_at=self._now()), unchanged)
            if pointer.bundle == bundle:  # the current bundle must not become its own previous one
                return pointer
            return self._put(pointer.moved_to(bundle, self._now()), unchanged)

    def roll_back(self) -> Pointer:
        """Swap the current bundle and the previous one; returns the pointer."""
        with _reported():
            pointer, unchanged = self._pointer()
            if pointer is None or pointer.previous is None:
                raise CatalogueError(f"{self.location}: there is no previous bundle")
            if missing := self.missing(pointer.previous):
                raise CatalogueError(f"{self.location}: the previous bundle {pointer.previous} lacks {missing}")
            return self._put(pointer.moved_to(pointer.previous, self._now()), unchanged)

    def status(self) -> tuple[Pointer | None, list[StoredBundle]]:
        """The pointer, and all bundles under the prefix, newest first."""
        with _reported():
            return self._pointer()[0], self._bundles()

    def missing(self, bundle: str) -> str:
        """The first file that a bundle lacks; empty where it is complete."""
        with _reported():
            sizes = self._sizes(bundle)
            if MANIFEST_FILE not in sizes:
                return MANIFEST_FILE
            key = self.location.key(file_name(bundle, MANIFEST_FILE))
            text = self._client.get_object(Bucket=self.location.bucket, Key=key)["Body"].read()
        return next((name for name in Manifest.parse(text, key).checksums if name not in sizes), "")

    def delete_all_but(self, keep: int) -> list[str]:
        """Delete all but the newest bundles, never the current or the previous one; returns the deleted ids."""
        with _reported():
            pointer, bundles = self.status()
            named = [] if pointer is None else [one for one in (pointer.bundle, pointer.previous) if one is not None]
            # These first: S3 dates objects to the second, so it may not tell which of two bundles is newer.
            by_claim = dict.fromkeys([*named, *(stored.bundle for stored in bundles)])
            kept = set(islice(by_claim, max(keep, len(named))))
            deleted = [stored for stored in bundles if stored.bundle not in kept]
            for stored in deleted:
                self._delete(stored)
        return [stored.bundle for stored in deleted]

    def _pointer(self) -> tuple[Pointer | None, dict[str, Any]]:
        """The pointer, and the condition for replacing it: that it is still this one."""
        key = self.location.key(POINTER_FILE)
        try:
            # Asked before the pointer is read, so that the condition fails if it moves in between.
            etag = self._client.head_object(Bucket=self.location.bucket, Key=key)["ETag"]
        except ClientError as error:
            if error.response["Error"]["Code"] == "404":
                return None, {"IfNoneMatch": "*"}
            raise
        return self._store.pointer(), {"IfMatch": etag}

    def _put(self, pointer: Pointer, unchanged: dict[str, Any]) -> Pointer:
        key = self.location.key(POINTER_FILE)
        body = pointer.model_dump_json(indent=2).encode()
        try:
            self._client.put_object(
                Bucket=self.location.bucket, Key=key, Body=body, ContentType="application/json", **unchanged
            )
        except ClientError as error:
            if error.response["Error"]["Code"] in ("PreconditionFailed", "ConditionalRequestConflict"):
                raise CatalogueError(
                    f"{self.location}: somebody else switched the bundle meanwhile. Nothing is switched."
                ) from error
            raise
        return pointer

    def _upload(self, file: Path, key: str, digest: str, progress: Progress) -> None:
        metadata = {"Metadata": {_CHECKSUM: digest}}
        self._client.upload_file(str(file), self.location.bucket, key, ExtraArgs=metadata, Callback=progress)

    def _checksum(self, key: str) -> str | None:
        return self._client.head_object(Bucket=self.location.bucket, Key=key)["Metadata"].get(_CHECKSUM)

    def _require(self, sizes: Mapping[str, int], bundle: str) -> None:
        with _reported():
            there = self._sizes(bundle)
        if wrong := sorted(name for name, size in sizes.items() if there.get(name) != size):
            raise CatalogueError(
                f"{self.location}: S3 does not hold these files as uploaded: {', '.join(wrong)}. Nothing is switched."
            )

    def _sizes(self, bundle: str) -> Mapping[str, int]:
        return next((stored.sizes for stored in self._bundles(file_name(bundle))), {})

    def _bundles(self, folder: str = f"{BUNDLES_FOLDER}/") -> list[StoredBundle]:
        """The bundles below a folder, newest first."""
        start = self.location.key(f"{BUNDLES_FOLDER}/")
        sizes: dict[str, dict[str, int]] = {}
        stored_at: dict[str, datetime] = {}
        pages = self._client.get_paginator("list_objects_v2")
        for page in pages.paginate(Bucket=self.location.bucket, Prefix=self.location.key(folder)):
            for found in page.get("Contents", ()):
                bundle, _, name = found["Key"].removeprefix(start).partition("/")
                sizes.setdefault(bundle, {})[name] = found["Size"]
                stored_at[bundle] = max(found["LastModified"], stored_at.get(bundle, found["LastModified"]))
        newest_first = sorted(sizes, key=lambda bundle: stored_at[bundle], reverse=True)
        return [StoredBundle(bundle, sizes[bundle], stored_at[bundle]) for bundle in newest_first]

    def _delete(self, stored: StoredBundle) -> None:
        keys = [self.location.key(file_name(stored.bundle, name)) for name in stored.sizes]
        for start in range(0, len(keys), _DELETED_AT_ONCE):
            objects: list[ObjectIdentifierTypeDef] = [{"Key": key} for key in keys[start : start + _DELETED_AT_ONCE]]
            self._client.delete_objects(Bucket=self.location.bucket, Delete={"Objects": objects})


@contextmanager
def _reported() -> Iterator[None]:
    from boto3.exceptions import S3UploadFailedError  # noqa: PLC0415 - imports all of boto3, for which `build` need not wait

    try:
        yield
    except (BotoCoreError, ClientError, S3UploadFailedError) as error:
        raise CatalogueError(str(error)) from error
