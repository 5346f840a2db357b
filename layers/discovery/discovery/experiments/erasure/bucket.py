"""A lake in S3."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from discovery.experiments.erasure.form import Unreadable
from discovery.experiments.erasure.place import Held, Stored
from discovery.location import S3Prefix

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_KEPT = ("ContentType", "ContentEncoding", "Metadata", "StorageClass", "ServerSideEncryption", "SSEKMSKeyId")
"""What an object that is replaced keeps besides its bytes."""
_CHUNK_BYTES = 1024 * 1024
_GONE = ("NoSuchKey", "NoSuchVersion", "404")
_CHANGED = ("PreconditionFailed", "ConditionalRequestConflict", *_GONE)


class Bucket:
    """A lake under a prefix of S3. Its methods raise what boto3 raises."""

    def __init__(self, client: "S3Client", lake: S3Prefix) -> None:
        self._client = client
        self._lake = lake

    def files(self, folder: str) -> Iterator[Stored]:
        """See `Place`."""
        pages = self._client.get_paginator("list_objects_v2")
        for page in pages.paginate(Bucket=self._lake.bucket, Prefix=self._lake.key(f"{folder}/")):
            for found in page.get("Contents", ()):
                if found["Size"]:
                    yield Stored(self._name(found["Key"]), found["Size"])

    def old_versions(self, folder: str) -> Iterator[Stored]:
        """See `Place`."""
        if "Status" not in self._client.get_bucket_versioning(Bucket=self._lake.bucket):
            return
        pages = self._client.get_paginator("list_object_versions")
        for page in pages.paginate(Bucket=self._lake.bucket, Prefix=self._lake.key(f"{folder}/")):
            for found in page.get("Versions", ()):
                if found["Size"] and not found["IsLatest"]:
                    yield Stored(self._name(found["Key"]), found["Size"], found["VersionId"])

    def held(self, stored: Stored, scratch: Path) -> Held | None:
        """See `Place`."""
        from botocore.exceptions import ClientError  # noqa: PLC0415 - comes with the client

        try:
            found = self._client.get_object(**self._object(stored))
        except ClientError as error:
            if error.response["Error"]["Code"] in _GONE:
                return None
            if error.response["Error"]["Code"] == "InvalidObjectState":
                raise Unreadable("it is archived, and has to be restored first") from error
            raise
        file = scratch / "file"
        with file.open("wb") as out:
            for chunk in found["Body"].iter_chunks(_CHUNK_BYTES):
                out.write(chunk)
        kept = {name: value for name, value in found.items() if name in _KEPT}
        return Held(stored, file, scratch / "rest", found["ETag"], kept)

    def replace(self, held: Held) -> bool:
        """See `Place`."""
        from botocore.exceptions import ClientError  # noqa: PLC0415

        try:
            with held.rest.open("rb") as body:
                # Two who erase different people from one file would otherwise put each other's people back.
                self._client.put_object(**self._object(held.stored), Body=body, IfMatch=held.state, **held.kept)
        except ClientError as error:
            if error.response["Error"]["Code"] in _CHANGED:
                return False
            raise
        return True

    def delete(self, held: Held) -> None:
        """See `Place`."""
        self._client.delete_object(**self._object(held.stored))

    def _object(self, stored: Stored) -> Any:
        named = {"Bucket": self._lake.bucket, "Key": self._lake.key(stored.name)}
        return named if stored.version is None else named | {"VersionId": stored.version}

    def _name(self, key: str) -> str:
        return key.removeprefix(self._lake.key(""))
