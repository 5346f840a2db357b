"""Moving the pointer, and what is laid over the artefact that it names; of two who move it at once, one succeeds."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from discovery.artefacts.folder import changes_id
from discovery.artefacts.kind import Kind
from discovery.artefacts.pointer import POINTER_FILE, Pointer, Version
from discovery.artefacts.store import Store
from discovery.location import S3Prefix

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_ATTEMPTS = 10
"""At changing what others change at the same time."""

Change = Callable[[bytes | None], bytes | None]
"""Makes of the changes that are laid over an artefact those that are to be; None is none."""


@contextmanager
def reported(failed: type[Exception]) -> Iterator[None]:
    """Raise `failed` where S3 refuses or does not answer."""
    from boto3.exceptions import S3UploadFailedError  # noqa: PLC0415 - all of boto3, for which `build` need not wait

    try:
        yield
    except (BotoCoreError, ClientError, S3UploadFailedError) as error:
        raise failed(str(error)) from error


@dataclass(frozen=True)
class Seen:
    """The pointer as it was read, and the condition for replacing it: that it is still this one."""

    pointer: Pointer | None
    unchanged: dict[str, Any]


class _Moved(Exception):
    """Somebody else moved the pointer meanwhile."""


class Mover:
    """Moves the pointer under one prefix. Every method raises `kind.failed` when S3 refuses or does not answer."""

    def __init__(
        self, client: "S3Client", location: S3Prefix, kind: Kind[Any], now: Callable[[], datetime] | None = None
    ) -> None:
        self._client = client
        self._kind = kind
        self._store = Store(client, location, kind)
        self._now = now or (lambda: datetime.now(UTC))
        self.location = location

    def seen(self) -> Seen:
        """The pointer as it is now."""
        key = self.location.key(POINTER_FILE)
        with reported(self._kind.failed):
            try:
                # Asked before the pointer is read, so that the condition fails if it moves in between.
                etag = self._client.head_object(Bucket=self.location.bucket, Key=key)["ETag"]
            except ClientError as error:
                if error.response["Error"]["Code"] == "404":
                    return Seen(None, {"IfNoneMatch": "*"})
                raise
            return Seen(self._store.pointer(), {"IfMatch": etag})

    def move(self, seen: Seen, to: Version) -> Pointer:
        """Make another version the current one, and what was current the one before it."""
        pointer = seen.pointer
        moved = Pointer.first(to, self._now()) if pointer is None else pointer.moved_to(to, self._now())
        try:
            return self._put(moved, seen)
        except _Moved as error:
            said = f"somebody else switched the {self._kind.noun} meanwhile. Nothing is switched."
            raise self._kind.failed(f"{self.location}: {said}") from error

    def change(self, change: Change, artefact: str | None = None) -> Pointer:
        """Lay other changes over the current artefact; what others lay over it meanwhile is told to `change` again.

        `artefact`: which one must be current; whichever is, where None is given.
        """
        for _ in range(_ATTEMPTS):
            seen = self.seen()
            if seen.pointer is None:
                raise self._kind.failed(f"{self.location}: nothing is published")
            if artefact not in (None, seen.pointer.bundle):
                raise self._kind.failed(f"{self.location}: {self._kind.noun} {artefact} is no longer the current one")
            laid_over = self.changed(seen, change)
            if laid_over == seen.pointer.changes:
                return seen.pointer
            with suppress(_Moved):
                return self._put(seen.pointer.changed_to(laid_over, self._now()), seen)
        said = f"others change the {self._kind.noun} all the time. Nothing is changed."
        raise self._kind.failed(f"{self.location}: {said}")

    def changed(self, seen: Seen, change: Change) -> str | None:
        """Upload what `change` makes of the changes that the pointer names; returns their id."""
        laid_over = change(self.laid_over(seen.pointer))
        if laid_over is None:
            return None
        named = changes_id(laid_over)
        key = self.location.key(self._kind.changes_name(named))
        with reported(self._kind.failed):
            self._client.put_object(
                Bucket=self.location.bucket, Key=key, Body=laid_over, ContentType="application/jsonl"
            )
        return named

    def laid_over(self, pointer: Pointer | None) -> bytes | None:
        """The changes that a pointer names."""
        if pointer is None or pointer.changes is None:
            return None
        return self._store.changes(pointer.changes)

    def _put(self, pointer: Pointer, seen: Seen) -> Pointer:
        key = self.location.key(POINTER_FILE)
        body = pointer.model_dump_json(indent=2).encode()
        with reported(self._kind.failed):
            try:
                self._client.put_object(
                    Bucket=self.location.bucket, Key=key, Body=body, ContentType="application/json", **seen.unchanged
                )
            except ClientError as error:
                if error.response["Error"]["Code"] in ("PreconditionFailed", "ConditionalRequestConflict"):
                    raise _Moved from error
                raise
        return pointer
