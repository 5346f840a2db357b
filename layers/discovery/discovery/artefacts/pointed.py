"""What is current under an S3 prefix, by its pointer."""

import shutil
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from discovery.artefacts.followed import Told
from discovery.artefacts.kind import Kind
from discovery.artefacts.opening import discard, open_first, open_one, refuse
from discovery.artefacts.pointer import Version
from discovery.artefacts.store import Store, s3_client
from discovery.location import S3Prefix
from discovery.observability import logger, metrics

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_MOST_POLLS = 60
"""That pass between two attempts to fetch an artefact that was refused."""


class Pointed[Opened]:
    """A source of artefacts of one kind, which are fetched into a folder.

    Polls share a client, since making one takes longer than asking for the pointer. An artefact that can't be used is
    tried again after 1, 2, 4 … polls: it may have been S3 that failed, or somebody may mend it.
    """

    def __init__(
        self, location: S3Prefix, folder: Path, kind: Kind[Opened], *, client: Callable[[], "S3Client"] = s3_client
    ) -> None:
        self._location = location
        self._folder = folder
        self._kind = kind
        self._client = client
        self._polls: Store[Opened] | None = None
        self._refused = _Refused()
        self._held: set[Version] = set()

    @property
    def kind(self) -> str:
        """What the artefacts are."""
        return self._kind.name

    def first(self) -> tuple[Told, Opened]:
        """The pointer's artefact, or the one before it where that is bad.

        Raises:
            kind.invalid: neither can be used.
        """
        with closing(self._client()) as client:
            version, opened = open_first(Store(client, self._location, self._kind), self._folder)
        self._held.add(version)
        return _told(version), opened

    def asked(self) -> Told | None:
        """What the pointer names; None where it can't be read."""
        try:
            published = _told(self._store().pointer().current)
        except (self._kind.invalid, OSError) as error:
            metrics.count(f"{self._kind.name.capitalize()}PollFailed")
            logger.warning(f"{self._kind.name} pointer not read", reason=str(error))
            return None
        if published.id != self._refused.version:
            self._refused = _Refused()
        return published

    def opened(self, told: Told) -> Opened | None:
        """An artefact, fetched where it is not there; None where it can't be used, or was refused a few polls ago."""
        if self._refused.rests():
            metrics.count(f"{self._kind.name.capitalize()}Refused")  # by every poll, so that the alarm goes on
            return None
        store, version = self._store(), Version.named(told.id)
        try:
            self._require_room(store, version.bundle)
            opened = open_one(store, version, self._folder)
        except (self._kind.invalid, OSError) as error:
            self._refused.again(told.id)
            refuse(store, version, error)
            return None
        self._held.add(version)
        return opened

    def let_go(self, told: Told) -> None:
        """Remove an artefact's files, unless another version is of the same; whoever still reads it goes on."""
        version = Version.named(told.id)
        self._held.discard(version)
        if any(held.bundle == version.bundle for held in self._held):
            return
        with suppress(OSError):  # temporary folders are tidied, and then there is nothing to remove
            discard(self._folder / version.bundle)

    def logged(self, told: Told) -> Mapping[str, str]:
        """Which artefact it is, and where it is from."""
        return {self._kind.noun: told.id, "location": str(self._location)}

    def _store(self) -> Store[Opened]:
        if self._polls is None:
            self._polls = Store(self._client(), self._location, self._kind)
        return self._polls

    def _require_room(self, store: Store[Opened], artefact: str) -> None:
        """Refuse an artefact that there is no room for, before half of it has filled the disk."""
        if (self._folder / artefact).exists():
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        size, free = store.size(artefact), shutil.disk_usage(self._folder).free
        if size > free:
            said = f"{self._kind.noun} {artefact} takes {size} bytes, and {self._folder} has {free} left"
            raise self._kind.invalid(f"{self._location}: {said}")


def _told(version: Version) -> Told:
    return Told(str(version), str(version))


class _Refused:
    """The version refused last, and how many polls leave it alone before it is fetched again: 1, 2, 4 … 60."""

    def __init__(self) -> None:
        self.version = ""
        self._pause = 0
        self._left = 0

    def rests(self) -> bool:
        """Whether this poll leaves the version alone."""
        if self._left == 0:
            return False
        self._left -= 1
        return True

    def again(self, version: str) -> None:
        """Note that a version was refused, once more or for the first time."""
        self._pause = min(2 * self._pause, _MOST_POLLS) if version == self.version else 1
        self.version, self._left = version, self._pause
