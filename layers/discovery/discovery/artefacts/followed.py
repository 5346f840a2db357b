"""What is current under an S3 prefix, by its pointer, which is asked again from time to time."""

import shutil
import threading
import time
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from discovery.artefacts.kind import Kind
from discovery.artefacts.opening import discard, open_first, open_one, refuse
from discovery.artefacts.store import Store, s3_client
from discovery.location import S3Prefix
from discovery.observability import logger, metrics

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_MOST_POLLS = 60
"""That pass between two attempts to fetch an artefact that was refused."""


@dataclass(frozen=True)
class _Held[Opened]:
    """An open artefact."""

    id: str
    opened: Opened
    replaced_at: float = 0.0
    """By the wall clock; of one that was replaced."""


class Followed[Opened]:
    """Keeps the current artefact open, and for a while the one before it; any number of threads may ask.

    After the first opening no connection is kept: a snapshot may follow. Polls share a client, since making one takes
    longer than asking for the pointer. Ages are by the wall clock, which counts while an environment is frozen.
    """

    def __init__(
        self,
        location: S3Prefix,
        folder: Path,
        kind: Kind[Opened],
        *,
        poll_seconds: float,
        kept_seconds: float = 0,
        client: Callable[[], "S3Client"] = s3_client,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        """`kept_seconds`: how long the one before is held at the most, once it is replaced."""
        self._location = location
        self._folder = folder
        self._kind = kind
        self._poll_seconds = poll_seconds
        self._kept_seconds = kept_seconds
        self._client = client
        self._now = wall_clock
        self._current: _Held[Opened] | None = None
        self._before: _Held[Opened] | None = None
        self._polled_at = 0.0
        self._polls: Store[Opened] | None = None
        self._polling = threading.Lock()
        self._refused = _Refused()

    def current(self) -> Opened:
        """The current artefact. Where a poll is due it begins on a thread of its own, which nobody waits for.

        The first call waits: it opens the pointer's artefact, or the one before it where that is bad.

        Raises:
            kind.invalid: of the first call alone: none can be used.
        """
        if self._current is None:
            with self._polling:
                return (self._current or self._first()).opened
        is_due = not 0 <= self._now() - self._polled_at < self._poll_seconds  # a clock may go back
        if is_due and not self._polling.locked():
            # A thread for each poll, rather than one that sleeps: Lambda freezes both, and a sleeping one would wake
            # with a request anyway. Nor would a snapshot be taken of it.
            threading.Thread(target=self.poll, name=f"{self._kind.name}-poll", daemon=True).start()
        return self._current.opened

    def held(self, artefact: str) -> Opened | None:
        """The artefact of an id, where it is the current one, or the one before it and still held."""
        for held in (self._current, self._before):
            if held is not None and held.id == artefact:
                return held.opened
        return None

    def all_held(self) -> list[Opened]:
        """The current artefact, and the one before it while that is held; begins a poll as `current` does."""
        current, before = self.current(), self._before
        return [current] if before is None else [current, before.opened]

    def poll(self) -> Opened:
        """Ask what is published, and return what is then current; at once where another thread is asking.

        A new one is fetched and opened before the old one is let go. Where it can't be, the old one stays, and the same
        one is tried again after 1, 2, 4 … polls: it may have been S3 that failed, or somebody may mend it.

        Raises:
            kind.invalid: of the first call alone: none can be used.
        """
        current = self._current
        if current is None:
            return self.current()
        if self._polling.acquire(blocking=False):
            try:
                self._poll(current)
            finally:
                self._polled_at = self._now()
                self._polling.release()
        return (self._current or current).opened

    @metrics.flushed_after  # in the init phase no handler follows that would write them, least of all after an error
    def _first(self) -> _Held[Opened]:
        with closing(self._client()) as client:
            artefact, opened = open_first(Store(client, self._location, self._kind), self._folder)
        self._current = _Held(artefact, opened)
        self._polled_at = self._now()
        said = {self._kind.noun: artefact, "location": str(self._location)}
        logger.info(f"{self._kind.name} opened", extra=said)
        return self._current

    @metrics.flushed_after  # on a thread of its own no handler follows that would write them
    def _poll(self, current: _Held[Opened]) -> None:
        if self._before is not None and not 0 <= self._now() - self._before.replaced_at < self._kept_seconds:
            self._let_go()
        try:
            if self._polls is None:
                self._polls = Store(self._client(), self._location, self._kind)
            published = self._polls.pointer().bundle
        except (self._kind.invalid, OSError) as error:
            metrics.count(f"{self._kind.name.capitalize()}PollFailed")
            logger.warning(f"{self._kind.name} pointer not read", reason=str(error))
            return
        if published == current.id:
            return
        if self._refused.rests(published):
            metrics.count(f"{self._kind.name.capitalize()}Refused")  # by every poll, so that the alarm goes on
            return
        try:
            self._swap(self._polls, published, current)
        except (self._kind.invalid, OSError) as error:
            self._refused.again(published)
            refuse(self._polls, published, error)

    def _swap(self, store: Store[Opened], published: str, current: _Held[Opened]) -> None:
        """Make the published one current; there are never three at once, in memory or on the disk."""
        opened = self.held(published)  # after a rollback
        if opened is None:
            self._let_go()
            self._require_room(store, published)
            opened = open_one(store, published, self._folder)
        self._current, self._before = _Held(published, opened), _Held(current.id, current.opened, self._now())
        self._refused = _Refused()
        if not self._kept_seconds:
            self._let_go()
        logger.info(f"{self._kind.name} swapped", extra={self._kind.noun: published, "before": current.id})

    def _require_room(self, store: Store[Opened], artefact: str) -> None:
        """Refuse an artefact that there is no room for, before half of it has filled the disk."""
        if (self._folder / artefact).exists():
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        size, free = store.size(artefact), shutil.disk_usage(self._folder).free
        if size > free:
            said = f"{self._kind.noun} {artefact} takes {size} bytes, and {self._folder} has {free} left"
            raise self._kind.invalid(f"{self._location}: {said}")

    def _let_go(self) -> None:
        """Let go of the one before, and remove its files; whoever still reads it goes on with what is mapped."""
        before, self._before = self._before, None
        if before is not None:
            with suppress(OSError):  # temporary folders are tidied, and then there is nothing to remove
                discard(self._folder / before.id)


class _Refused:
    """The artefact refused last, and how many polls leave it alone before it is fetched again: 1, 2, 4 … 60."""

    def __init__(self) -> None:
        self._artefact = ""
        self._pause = 0
        self._left = 0

    def rests(self, artefact: str) -> bool:
        """Whether this poll leaves the artefact alone."""
        if artefact != self._artefact or self._left == 0:
            return False
        self._left -= 1
        return True

    def again(self, artefact: str) -> None:
        """Note that the artefact was refused, once more or for the first time."""
        self._pause = min(2 * self._pause, _MOST_POLLS) if artefact == self._artefact else 1
        self._artefact, self._left = artefact, self._pause
