"""What a reader reads of S3: the pointer, and the files of an artefact.

boto3 takes 260 ms to import, and a catalogue in a layer needs none of it; so that is done where S3 is first used.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from discovery.artefacts.folder import MANIFEST_FILE, changes_id
from discovery.artefacts.kind import Kind
from discovery.artefacts.pointer import POINTER_FILE, Pointer
from discovery.location import S3Prefix

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_PART_BYTES = 8 * 1024 * 1024
"""Amazon S3's "Performance guidelines" advise ranges of 8 to 16 MB."""
_CONNECTIONS = 10
_CONNECT_SECONDS, _READ_SECONDS, _ATTEMPTS = 1, 5, 3
"""An S3 that can't be reached is given up before Lambda ends the init phase, which it does after 10 seconds."""


class Store[Opened]:
    """Reads artefacts of one kind under one prefix. What it raises is `kind.invalid`."""

    def __init__(self, client: "S3Client", location: S3Prefix, kind: Kind[Opened]) -> None:
        self._client = client
        self.kind = kind
        self.location = location

    def pointer(self) -> Pointer:
        """The pointer as it is now; raises where there is none, it can't be read, or S3 can't be reached."""
        text = self._read(POINTER_FILE)
        try:
            return Pointer.parse(text)
        except ValueError as error:
            raise self.kind.invalid(f"{self.location}: {error}") from error

    def fetch(self, artefact: str, folder: Path) -> None:
        """Download an artefact into an empty folder: its manifest first, then all that this names, in parallel.

        Raises:
            kind.invalid: a file is missing, the manifest is of another format version, or S3 can't be reached.
            OSError: a file can't be written.
        """
        self._download(artefact, [MANIFEST_FILE], folder)
        manifest = folder / MANIFEST_FILE
        self._download(artefact, list(self.kind.checksums(manifest.read_bytes(), str(manifest))), folder)

    def changes(self, changes: str) -> bytes:
        """What is laid over an artefact.

        Raises:
            kind.invalid: it is missing or damaged, or S3 can't be reached.
        """
        name = self.kind.changes_name(changes)
        text = self._read(name)
        if changes_id(text) != changes:
            raise self.kind.invalid(f"{self.location}: {name} is damaged, it is another than it is named after")
        return text

    def size(self, artefact: str) -> int:
        """Bytes in all its files, of what S3 says of each: listing them would need another right than reading them.

        Raises as `fetch` does.
        """
        name = self.kind.file_name(artefact, MANIFEST_FILE)
        manifest = self._read(name)
        names = self.kind.checksums(manifest, self.location.key(name))
        with ThreadPoolExecutor(_CONNECTIONS) as pool:
            return len(manifest) + sum(pool.map(lambda file: self._size(self.kind.file_name(artefact, file)), names))

    def file(self, artefact: str, name: str) -> bytes:
        """One file of an artefact; raises where there is none, or S3 can't be reached."""
        return self._read(self.kind.file_name(artefact, name))

    def _read(self, name: str) -> bytes:
        with self._named(name):
            answer = self._client.get_object(Bucket=self.location.bucket, Key=self.location.key(name))
            return answer["Body"].read()

    def _size(self, name: str) -> int:
        with self._named(name):
            return self._client.head_object(Bucket=self.location.bucket, Key=self.location.key(name))["ContentLength"]

    def _download(self, artefact: str, names: list[str], folder: Path) -> None:
        from s3transfer.manager import TransferConfig, TransferManager  # noqa: PLC0415

        config = TransferConfig(
            multipart_threshold=_PART_BYTES, multipart_chunksize=_PART_BYTES, max_request_concurrency=_CONNECTIONS
        )
        with TransferManager(self._client, config) as manager:
            futures = {}
            for name in names:
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                key = self.location.key(self.kind.file_name(artefact, name))
                futures[name] = manager.download(self.location.bucket, key, str(folder / name))
            for name, future in futures.items():
                with self._named(self.kind.file_name(artefact, name)):
                    future.result()

    @contextmanager
    def _named(self, name: str) -> Iterator[None]:
        """Turn what boto3 raises in the block into an error that names the object."""
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415
        from s3transfer.exceptions import RetriesExceededError  # noqa: PLC0415

        try:
            yield
        except ClientError as error:
            raise self.kind.invalid(f"{self.location}: {name}: {_cause(error.response['Error']['Code'])}") from error
        except (BotoCoreError, RetriesExceededError) as error:
            raise self.kind.invalid(f"{self.location}: {name}: {error}") from error


def _cause(code: str) -> str:
    match code:
        case "404" | "NoSuchKey":
            return "there is no such object"
        case "403" | "AccessDenied":  # S3's answer for a missing object, too, where listing is not allowed
            return "access denied, or no such object"
        case _:
            return code


def s3_client() -> "S3Client":
    """An S3 client with short timeouts, from the ordinary credential chain.

    Of a session of its own: boto3's default one would carry credentials of the init phase into a snapshot.
    """
    import boto3  # noqa: PLC0415
    from botocore.config import Config  # noqa: PLC0415

    config = Config(
        connect_timeout=_CONNECT_SECONDS,
        read_timeout=_READ_SECONDS,
        retries={"total_max_attempts": _ATTEMPTS, "mode": "standard"},
        max_pool_connections=_CONNECTIONS,
    )
    return boto3.session.Session().client("s3", config=config)
