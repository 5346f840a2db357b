"""What a function reads of a published catalogue: the pointer, and the files of a bundle.

boto3 takes 260 ms to import, and a catalogue in a layer needs none of it; so that is done where S3 is first used.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from discovery.catalogue.manifest import MANIFEST_FILE, Manifest
from discovery.catalogue.pointer import POINTER_FILE, Pointer, file_name
from discovery.errors import BundleInvalid
from discovery.location import S3Prefix

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_PART_BYTES = 8 * 1024 * 1024
"""Amazon S3's "Performance guidelines" advise ranges of 8 to 16 MB."""
_CONNECTIONS = 10
_CONNECT_SECONDS, _READ_SECONDS, _ATTEMPTS = 1, 5, 3
"""An S3 that can't be reached is given up before Lambda ends the init phase, which it does after 10 seconds."""


class BundleStore:
    """Reads under one prefix."""

    def __init__(self, client: "S3Client", location: S3Prefix) -> None:
        self._client = client
        self.location = location

    def pointer(self) -> Pointer:
        """The pointer as it is now.

        Raises:
            BundleInvalid: there is none, it can't be read, or S3 can't be reached.
        """
        with self._named(POINTER_FILE):
            answer = self._client.get_object(Bucket=self.location.bucket, Key=self.location.key(POINTER_FILE))
            text = answer["Body"].read()
        try:
            return Pointer.parse(text)
        except BundleInvalid as error:
            raise BundleInvalid(f"{self.location}: {error}") from error

    def fetch(self, bundle: str, folder: Path) -> None:
        """Download a bundle into an empty folder: its manifest first, then all that this names, in parts, in parallel.

        Raises:
            BundleInvalid: a file is missing, the manifest is of another format version, or S3 can't be reached.
            OSError: a file can't be written.
        """
        self._download(bundle, [MANIFEST_FILE], folder)
        self._download(bundle, list(Manifest.read(folder).checksums), folder)

    def _download(self, bundle: str, names: list[str], folder: Path) -> None:
        from s3transfer.manager import TransferConfig, TransferManager  # noqa: PLC0415

        config = TransferConfig(
            multipart_threshold=_PART_BYTES, multipart_chunksize=_PART_BYTES, max_request_concurrency=_CONNECTIONS
        )
        with TransferManager(self._client, config) as manager:
            futures = {}
            for name in names:
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                key = self.location.key(file_name(bundle, name))
                futures[name] = manager.download(self.location.bucket, key, str(folder / name))
            for name, future in futures.items():
                with self._named(file_name(bundle, name)):
                    future.result()

    @contextmanager
    def _named(self, name: str) -> Iterator[None]:
        """Turn what boto3 raises in the block into an error that names the object."""
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415
        from s3transfer.exceptions import RetriesExceededError  # noqa: PLC0415

        try:
            yield
        except ClientError as error:
            raise BundleInvalid(f"{self.location}: {name}: {_cause(error.response['Error']['Code'])}") from error
        except (BotoCoreError, RetriesExceededError) as error:
            raise BundleInvalid(f"{self.location}: {name}: {error}") from error


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
