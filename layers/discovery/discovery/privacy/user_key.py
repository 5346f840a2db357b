"""The secret key of user hashes (`privacy/hashing.py`): from the settings, or from a parameter of Parameter Store.

The init phase reads the parameter on a thread while it opens the catalogue, and waits for it for a second at most. With
SnapStart the key is then in the snapshot. Where reading fails, searches go on without personalization, and a search
that needs the key starts another reading on a thread, at most every ten seconds.
"""

import threading
import time
from collections.abc import Callable

from discovery.errors import PolicyUnavailable, UserKeyUnavailable
from discovery.observability import logger, metrics

_PATIENCE_SECONDS = 1.0
_RETRY_SECONDS = 10.0


class UserKey:
    """Holds the key once it has been read."""

    def __init__(
        self, read: Callable[[], str], *, known: bytes | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Take a function that reads the key (see `parameters.read_secret`), or the key itself where it is known."""
        self._read = read
        self._known = known
        self._clock = clock
        self._lock = threading.Lock()
        self._reading: threading.Thread | None = None
        self._tried_at: float | None = None

    def prefetch(self) -> None:
        """Start reading the key on a thread, unless it is known, being read, or was tried a moment ago."""
        with self._lock:
            if self._known is not None or (self._reading is not None and self._reading.is_alive()):
                return
            now = self._clock()
            if self._tried_at is not None and now - self._tried_at < _RETRY_SECONDS:
                return
            self._tried_at = now
            self._reading = threading.Thread(target=self._fetch, name="user key", daemon=True)
            self._reading.start()

    def wait(self) -> None:
        """Wait for the reading that `prefetch` started, a second at most."""
        if self._reading is not None:
            self._reading.join(_PATIENCE_SECONDS)

    def at_hand(self) -> bytes:
        """The key, without waiting for it; empty where the settings name none.

        Raises:
            UserKeyUnavailable: it is not known yet; another reading has been started if that is due.
        """
        if self._known is None:
            self.prefetch()
            raise UserKeyUnavailable
        return self._known

    def required(self) -> bytes:
        """The key; where it is not known yet, reads it and waits.

        Raises:
            UserKeyUnavailable: it could not be read.
        """
        if self._known is None:
            self._fetch()
        if self._known is None:
            raise UserKeyUnavailable
        return self._known

    def _fetch(self) -> None:
        try:
            self._known = self._read().encode()
        except PolicyUnavailable as error:
            metrics.count("UserKeyUnavailable")
            logger.error("the user key could not be read", reason=str(error))
        except Exception as error:  # noqa: BLE001 - a thread has no caller
            metrics.count("UserKeyUnavailable")
            logger.exception("reading the user key failed", reason=type(error).__name__)


def fixed_key(key: bytes) -> UserKey:
    """A key that is known from the start."""
    return UserKey(str, known=key)
