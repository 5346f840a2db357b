"""What is current, by whoever tells it: held open, asked after from time to time, and for a while the one before it."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from discovery.observability import logger, metrics


@dataclass(frozen=True)
class Told:
    """What is current, as a source tells it."""

    id: str
    """What it is asked for by."""
    name: str
    """Its own: where the same titles are built again, they have their id and another name."""


class Source[Opened, Which: Told](Protocol):
    """Tells what is current, and opens it. Where it can't, it says so in a log line and a metric."""

    @property
    def kind(self) -> str:
        """What it has, such as a catalogue; in log lines."""
        ...

    def first(self) -> tuple[Which, Opened]:
        """What is current, or what can be used in its place; no connection is kept, since a snapshot may follow.

        Raises:
            Exception: none can be used.
        """
        ...

    def asked(self) -> Which | None:
        """What is current now; None where that is not known."""
        ...

    def opened(self, told: Which) -> Opened | None:
        """What is current, opened; None where it can't be used."""
        ...

    def let_go(self, told: Which) -> None:
        """Remove what was kept of one that is held no longer; whoever still reads it goes on."""
        ...

    def logged(self, told: Which) -> Mapping[str, str]:
        """What log lines say of it."""
        ...


@dataclass(frozen=True)
class _Held[Opened, Which: Told]:
    told: Which
    opened: Opened
    replaced_at: float = 0.0
    """By the wall clock; of one that was replaced."""


class Followed[Opened, Which: Told = Told]:
    """Keeps the current one open, and for a while the one before it; any number of threads may ask.

    Ages are by the wall clock, which counts while an environment is frozen.
    """

    def __init__(
        self,
        source: Source[Opened, Which],
        *,
        poll_seconds: float,
        kept_seconds: float = 0,
        stale_seconds: float | None = None,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        """`kept_seconds`: how long the one before is held at the most, once it is replaced.

        `stale_seconds`: who has not asked for so long, having been frozen or restored from a snapshot, asks before it
        answers, since what it holds may be gone. By default that lasts.
        """
        self._source = source
        self._poll_seconds = poll_seconds
        self._kept_seconds = kept_seconds
        self._stale_seconds = stale_seconds
        self._now = wall_clock
        self._current: _Held[Opened, Which] | None = None
        self._before: _Held[Opened, Which] | None = None
        self._polled_at = 0.0
        self._polling = threading.Lock()

    def current(self) -> Opened:
        """The current one. Where a poll is due it begins on a thread of its own, which nobody waits for.

        Raises:
            Exception: of the first call alone, which waits: what `source.first` raises.
        """
        if self._current is None:
            with self._polling:
                return (self._current or self._first()).opened
        age = self._now() - self._polled_at
        if self._stale_seconds is not None and not 0 <= age < self._stale_seconds:  # a clock may go back
            return self.poll()
        if not 0 <= age < self._poll_seconds and not self._polling.locked():
            # A thread for each poll, rather than one that sleeps: Lambda freezes both, and a sleeping one would wake
            # with a request anyway. Nor would a snapshot be taken of it.
            threading.Thread(target=self.poll, name=f"{self._source.kind}-poll", daemon=True).start()
        return self._current.opened

    def held(self, artefact: str) -> Opened | None:
        """The one of an id, where it is the current one, or the one before it and still held."""
        for held in (self._current, self._before):
            if held is not None and held.told.id == artefact:
                return held.opened
        return None

    def all_held(self) -> list[Opened]:
        """The current one, and the one before it while that is held; begins a poll as `current` does."""
        current, before = self.current(), self._before
        return [current] if before is None else [current, before.opened]

    def poll(self) -> Opened:
        """Ask what is current, and return what then is; at once where another thread is asking.

        A new one is opened before the old one is let go. Where it can't be, the old one stays.

        Raises:
            Exception: of the first call alone: what `source.first` raises.
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
    def _first(self) -> _Held[Opened, Which]:
        self._current = _Held(*self._source.first())
        self._polled_at = self._now()
        logger.info(f"{self._source.kind} opened", extra=dict(self._source.logged(self._current.told)))
        return self._current

    @metrics.flushed_after  # on a thread of its own no handler follows that would write them
    def _poll(self, current: _Held[Opened, Which]) -> None:
        if self._before is not None and not 0 <= self._now() - self._before.replaced_at < self._kept_seconds:
            self._let_go()
        told = self._source.asked()
        if told is None or told.name == current.told.name:
            return
        opened = self._opened(told)
        if opened is None:
            return
        self._current = _Held(told, opened)
        self._before = _Held(current.told, current.opened, self._now())
        if not self._kept_seconds:
            self._let_go()
        said = {**self._source.logged(told), "before": current.told.name}
        logger.info(f"{self._source.kind} swapped", extra=said)

    def _opened(self, told: Which) -> Opened | None:
        """There are never three at once, in memory or on the disk."""
        if self._before is not None and self._before.told.name == told.name:  # after a rollback
            return self._before.opened
        self._let_go()
        return self._source.opened(told)

    def _let_go(self) -> None:
        before, self._before = self._before, None
        if before is not None:
            self._source.let_go(before.told)
