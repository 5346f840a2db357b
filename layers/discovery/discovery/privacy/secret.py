"""A secret that is read from Parameter Store on a thread, so that nobody waits for it who need not."""

import threading
import time
from collections.abc import Callable

from discovery.errors import PolicyUnavailable
from discovery.observability import logger, metrics

_PATIENCE_SECONDS = 1.0
_RETRY_SECONDS = 10.0


class Secret:
    """Holds a secret once it has been read; what it is for is its subclasses' to say."""

    _metric: str
    """Counts readings that failed."""
    _name: str
    """As the log calls it."""

    def __init__(
        self, read: Callable[[], str], *, known: bytes | None = None, wall_clock: Callable[[], float] = time.time
    ) -> None:
        """Take a function that reads the secret (see `parameters.read_secret`), or the secret itself if it is known."""
        self._read = read
        self._known = known
        # Not the monotonic clock, which stands still while SnapStart keeps an environment as a snapshot: a token that
        # was replaced since then would be refused for ten seconds more.
        self._now = wall_clock
        self._lock = threading.Lock()
        self._reading: threading.Thread | None = None
        self._tried_at: float | None = None

    def prefetch(self) -> None:
        """Start reading it on a thread, unless it is known, being read, or was tried a moment ago."""
        if self._known is None:
            self._begin_reading()

    def wait(self) -> None:
        """Wait for the reading that was started last, a second at most."""
        if self._reading is not None:
            self._reading.join(_PATIENCE_SECONDS)

    def _begin_reading(self) -> None:
        with self._lock:
            if self._reading is not None and self._reading.is_alive():
                return
            now = self._now()
            if self._tried_at is not None and 0 <= now - self._tried_at < _RETRY_SECONDS:
                return
            self._tried_at = now
            self._reading = threading.Thread(target=self._fetch, name=self._name, daemon=True)
            self._reading.start()

    def _fetch(self) -> None:
        try:
            self._known = self._read().encode()
        except PolicyUnavailable as error:
            metrics.count(self._metric)
            logger.error(f"the {self._name} could not be read", reason=str(error))
        except Exception as error:  # noqa: BLE001 - a thread has no caller
            metrics.count(self._metric)
            logger.exception(f"reading the {self._name} failed", reason=type(error).__name__)
